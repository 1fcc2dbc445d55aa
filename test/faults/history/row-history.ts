import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { type AttemptChange, attemptChange, attemptState } from './attempt-history.ts';

/** What the database knows of a row of `task`, before or after a change. Times are UTC as the database writes them. */
const rowState = z.object({
  name: z.string(),
  namespace: z.string(),
  /** A checksum: whether it changed is all that matters. */
  info: z.coerce.string(),
  priority: z.number(),
  user_id: z.coerce.string(),
  created_at: z.string(),
  not_before: z.string().nullable(),
  desired: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  /** Its beginning. */
  message: z.string().nullable(),
  exit_code: z.number().nullable(),
  ending: z.string().nullable(),
  attempt: z.number(),
  row_key: z.string().nullable(),
  attempt_id: z.string().nullable(),
  job_namespace: z.string().nullable(),
  job_name: z.string().nullable(),
  job_uid: z.string().nullable(),
  finished_at: z.string().nullable(),
  epoch: z.coerce.number(),
});
export type RowState = z.infer<typeof rowState>;

/** What only users write. */
export const userColumns = [
  'name',
  'namespace',
  'info',
  'priority',
  'user_id',
  'created_at',
  'not_before',
] as const satisfies readonly (keyof RowState)[];

const rowChange = z.object({
  /** One order for the rows and the leader, taken while both locks were held. */
  seq: z.coerce.number(),
  atMs: z.coerce.number(),
  taskId: z.coerce.string(),
  by: z.enum(['nightwatch', 'user']),
  before: rowState.optional(),
  after: rowState.optional(),
});
/** One change of a row of `task`: without `before` its insertion, without `after` its deletion. */
export type RowChange = z.infer<typeof rowChange>;

const leaderChange = z.object({
  seq: z.coerce.number(),
  atMs: z.coerce.number(),
  epoch: z.coerce.number(),
  holder: z.string(),
});
/** The beginning of a term. */
export type LeaderChange = z.infer<typeof leaderChange>;

export interface RowHistory {
  readonly rows: readonly RowChange[];
  readonly attempts: readonly AttemptChange[];
  readonly leaders: readonly LeaderChange[];
}

// As text, in the one form that both databases write.
const timeOf = (column: string) => `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%s.%fZ')`;
const expressionOf: Readonly<Record<string, (column: string) => string>> = {
  info: (column) => `CRC32(${column})`,
  message: (column) => `LEFT(${column}, 60)`,
  log: (column) => `IF(${column} IS NULL, 0, 1)`,
  created_at: timeOf,
  not_before: timeOf,
  finished_at: timeOf,
  log_due_at: timeOf,
};

/**
 * Makes the database itself keep the history of `task`, `task_attempt` and `leader` from now on, whoever writes and however.
 *
 * A trigger sees what was there and what is, in the very statement, and who is connected.
 */
export async function keepRowHistory(admin: Connection): Promise<void> {
  await admin.query(`CREATE TABLE history (
    seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) NOT NULL, task_id BIGINT NULL,
    attempt_id VARCHAR(64) NULL, account VARCHAR(255) NOT NULL, epoch BIGINT NULL, holder TEXT NULL,
    old_row JSON NULL, new_row JSON NULL)`);
  await keepTable(admin, { table: 'task', key: 'id', keptAs: 'task_id', columns: Object.keys(rowState.shape) });
  await keepTable(admin, {
    table: 'task_attempt',
    key: 'attempt_id',
    keptAs: 'attempt_id',
    columns: Object.keys(attemptState.shape),
  });
  await admin.query(`CREATE TRIGGER history_leader AFTER UPDATE ON leader FOR EACH ROW
    INSERT INTO history (at, account, epoch, holder) VALUES (UTC_TIMESTAMP(6), USER(), NEW.epoch, COALESCE(NEW.holder, ''))`);
}

interface KeptTable {
  readonly table: string;
  readonly key: string;
  /** Where the history has its key. */
  readonly keptAs: string;
  readonly columns: readonly string[];
}

async function keepTable(admin: Connection, { table, key, keptAs, columns }: KeptTable): Promise<void> {
  const [old, fresh] = [stateOf('OLD', columns), stateOf('NEW', columns)];
  for (const [event, before, after] of [
    ['INSERT', 'NULL', fresh],
    ['UPDATE', old, fresh],
    ['DELETE', old, 'NULL'],
  ] as const) {
    const id = `${event === 'DELETE' ? 'OLD' : 'NEW'}.${key}`;
    await admin.query(`CREATE TRIGGER history_${table}_${event.toLowerCase()} AFTER ${event} ON ${table} FOR EACH ROW
      INSERT INTO history (at, ${keptAs}, account, old_row, new_row) VALUES (UTC_TIMESTAMP(6), ${id}, USER(), ${before}, ${after})`);
  }
}

function stateOf(row: 'OLD' | 'NEW', columns: readonly string[]): string {
  const pairs = columns.map((column) => {
    const value = `${row}.${column}`;
    return `'${column}', ${expressionOf[column]?.(value) ?? value}`;
  });
  return `JSON_OBJECT(${pairs.join(', ')})`;
}

/** Reads the whole history, in its order. */
export async function readRowHistory(admin: Connection): Promise<RowHistory> {
  const [rows] =
    await admin.query(`SELECT seq, CAST(UNIX_TIMESTAMP(at) * 1000 AS SIGNED) AS atMs, task_id AS taskId, attempt_id AS attemptId,
    IF(account LIKE 'service\\_%', 'nightwatch', 'user') AS \`by\`, epoch, holder, old_row, new_row FROM history ORDER BY seq`);
  const entries = z.array(entry).parse(rows);
  return {
    rows: entries.filter(({ taskId }) => taskId !== null).map((change) => rowChange.parse(withRows(change))),
    attempts: entries
      .filter(({ attemptId }) => attemptId !== null)
      .map((change) => attemptChange.parse(withRows(change))),
    leaders: entries.filter(({ epoch }) => epoch !== null).map((change) => leaderChange.parse(change)),
  };
}

const entry = z.looseObject({
  taskId: z.coerce.string().nullable(),
  attemptId: z.string().nullable(),
  epoch: z.coerce.string().nullable(),
  old_row: z.string().nullable(),
  new_row: z.string().nullable(),
});

function withRows({ old_row, new_row, ...change }: z.infer<typeof entry>): object {
  return {
    ...change,
    ...(old_row !== null && { before: JSON.parse(old_row) }),
    ...(new_row !== null && { after: JSON.parse(new_row) }),
  };
}
