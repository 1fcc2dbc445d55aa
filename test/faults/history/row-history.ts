import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

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
  readonly leaders: readonly LeaderChange[];
}

const columns = Object.keys(rowState.shape);
const expressionOf: Readonly<Record<string, (column: string) => string>> = {
  info: (column) => `CRC32(${column})`,
  // As text, in the one form that both databases write.
  created_at: (column) => `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%s.%fZ')`,
  not_before: (column) => `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%s.%fZ')`,
  finished_at: (column) => `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%s.%fZ')`,
};

/**
 * Makes the database itself keep the history of `task` and `leader` from now on, whoever writes and however.
 *
 * A trigger sees what was there and what is, in the very statement, and who is connected.
 */
export async function keepRowHistory(admin: Connection): Promise<void> {
  await admin.query(`CREATE TABLE history (
    seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) NOT NULL, task_id BIGINT NULL,
    account VARCHAR(255) NOT NULL, epoch BIGINT NULL, holder TEXT NULL, old_row JSON NULL, new_row JSON NULL)`);
  for (const [event, before, after] of [
    ['INSERT', 'NULL', stateOf('NEW')],
    ['UPDATE', stateOf('OLD'), stateOf('NEW')],
    ['DELETE', stateOf('OLD'), 'NULL'],
  ] as const) {
    const id = event === 'DELETE' ? 'OLD.id' : 'NEW.id';
    await admin.query(`CREATE TRIGGER history_${event.toLowerCase()} AFTER ${event} ON task FOR EACH ROW
      INSERT INTO history (at, task_id, account, old_row, new_row) VALUES (UTC_TIMESTAMP(6), ${id}, USER(), ${before}, ${after})`);
  }
  await admin.query(`CREATE TRIGGER history_leader AFTER UPDATE ON leader FOR EACH ROW
    INSERT INTO history (at, account, epoch, holder) VALUES (UTC_TIMESTAMP(6), USER(), NEW.epoch, COALESCE(NEW.holder, ''))`);
}

function stateOf(row: 'OLD' | 'NEW'): string {
  const pairs = columns.map((column) => {
    const value = `${row}.${column}`;
    return `'${column}', ${expressionOf[column]?.(value) ?? value}`;
  });
  return `JSON_OBJECT(${pairs.join(', ')})`;
}

/** Reads the whole history, in its order. */
export async function readRowHistory(admin: Connection): Promise<RowHistory> {
  const [rows] = await admin.query(`SELECT seq, CAST(UNIX_TIMESTAMP(at) * 1000 AS SIGNED) AS atMs, task_id AS taskId,
    IF(account LIKE 'service\\_%', 'nightwatch', 'user') AS \`by\`, epoch, holder, old_row, new_row FROM history ORDER BY seq`);
  const entries = z.array(entry).parse(rows);
  return {
    rows: entries.filter(({ taskId }) => taskId !== null).map((change) => rowChange.parse(withRows(change))),
    leaders: entries.filter(({ epoch }) => epoch !== null).map((change) => leaderChange.parse(change)),
  };
}

const entry = z.looseObject({
  taskId: z.coerce.string().nullable(),
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
