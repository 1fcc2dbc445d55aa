import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { lifeAnnotation } from './played-pod.ts';

/** What a user writes into a row; the columns that are left out get their defaults. */
export interface NewTask {
  readonly id?: string | number;
  readonly name: string;
  readonly namespace: string;
  readonly info: string;
  readonly status: string;
  readonly user_id?: string | number;
  readonly priority?: number;
  readonly desired?: string;
  /** UTC. */
  readonly not_before?: string;
}

const time = z.string().nullable();

/** A row of a migrated table, all of it; times are UTC as the database writes them. */
const taskRow = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string(),
  namespace: z.string(),
  info: z.string(),
  status: z.string(),
  user_id: z.union([z.string(), z.number()]).transform(String),
  priority: z.number(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  attempt: z.number(),
  row_key: z.string().nullable(),
  attempt_id: z.string().nullable(),
  job_namespace: z.string().nullable(),
  job_name: z.string().nullable(),
  job_uid: z.string().nullable(),
  claimed_at: time,
  next_check_at: time,
  started_at: time,
  finished_at: time,
  epoch: z.coerce.number(),
  desired: z.string(),
  not_before: time,
  ending: z.string().nullable(),
  exit_code: z.number().nullable(),
  tries: z.number(),
  setbacks: z.number(),
  due_at: time,
  wish: z.string().nullable(),
});
export type TaskRow = z.infer<typeof taskRow>;

/** The `info` of a task whose pods live by a script, `succeed` unless told; `overrides` adds or replaces keys. */
export function anInfo(overrides: { readonly life?: string } & Readonly<Record<string, unknown>> = {}): string {
  const { life = 'succeed', ...others } = overrides;
  return JSON.stringify({ image: 'alpine', annotations: { [lifeAnnotation]: life }, ...others });
}

/** A task that a user submits; it succeeds at once unless told. */
export function aNewTask(overrides: Partial<NewTask> & { readonly namespace: string }): NewTask {
  return { name: 'a-task', info: anInfo(), status: 'Normal', ...overrides };
}

/** Inserts tasks that have the same columns, in one statement. */
export async function insertTasks(connection: Connection, tasks: readonly NewTask[]): Promise<void> {
  const columns = Object.keys(tasks[0] ?? {});
  const rows = tasks.map((task) => {
    const values = new Map<string, unknown>(Object.entries(task));
    return columns.map((column) => values.get(column));
  });
  await connection.query(`INSERT INTO task (${columns.join(', ')}) VALUES ?`, [rows]);
}

/** Reads the rows that a condition selects, by id; all of them without one. */
export async function readTasks(
  connection: Connection,
  where = 'TRUE',
  values: readonly unknown[] = [],
): Promise<readonly TaskRow[]> {
  const columns = Object.keys(taskRow.shape).join(', ');
  const [rows] = await connection.query(`SELECT ${columns} FROM task WHERE ${where} ORDER BY id`, [...values]);
  return z.array(taskRow).parse(rows);
}

/** Reads the one row that has a name. */
export async function readTask(connection: Connection, name: string): Promise<TaskRow> {
  const [row, ...others] = await readTasks(connection, 'name = ?', [name]);
  if (row === undefined || others.length > 0) throw new Error(`not one row has the name '${name}'`);
  return row;
}
