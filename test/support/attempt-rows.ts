import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { until } from './until.ts';

const text = z.string().nullable();
const ofLast = 'attempt_id = (SELECT attempt_id FROM task WHERE name = ?)';

/** A row of table `task_attempt`; times are UTC as the database writes them. */
const attemptRow = z.object({
  attempt_id: z.string(),
  task_id: z.union([z.string(), z.number()]).transform(String),
  row_key: z.string(),
  attempt: z.number(),
  job_namespace: text,
  job_name: text,
  job_uid: text,
  status: z.string(),
  reason: text,
  message: text,
  exit_code: z.number().nullable(),
  log: text,
  log_cut: z.number(),
  log_note: text,
  claimed_at: text,
  started_at: text,
  finished_at: text,
  log_due_at: text,
  clean_up_at: text,
  ending: text,
  epoch: z.coerce.number(),
});
export type AttemptRow = z.infer<typeof attemptRow>;

/** Reads what was kept of attempts that have ended, by row and number; of all rows without a condition. */
export async function readAttempts(
  connection: Connection,
  where = 'TRUE',
  values: readonly unknown[] = [],
): Promise<readonly AttemptRow[]> {
  const columns = Object.keys(attemptRow.shape).join(', ');
  const [rows] = await connection.query(
    `SELECT ${columns} FROM task_attempt WHERE ${where} ORDER BY task_id, attempt`,
    [...values],
  );
  return z.array(attemptRow).parse(rows);
}

/** Has the Job of a task's last attempt deleted at the next clean-up. */
export async function makeCleanUpDue(connection: Connection, name: string): Promise<void> {
  await connection.query(`UPDATE task_attempt SET clean_up_at = finished_at WHERE ${ofLast}`, [name]);
}

/** What was kept of a task's last attempt, once its log is no longer due. */
export function untilLogKept(connection: Connection, name: string): Promise<AttemptRow> {
  return until(
    `the log of '${name}' is kept`,
    async () => {
      const [kept] = await readAttempts(connection, ofLast, [name]);
      assert.ok(kept?.finished_at != null && kept.log_due_at === null, JSON.stringify(kept));
      return kept;
    },
    30_000,
  );
}
