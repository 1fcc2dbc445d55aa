import { type RawBuilder, sql } from 'kysely';
import { reasons } from '../../task/reasons.ts';
import type { CancelAnswer, RowKey, WishStore } from '../wish-store.ts';
import type { Database } from './database.ts';
import { type BatchRow, fencedTasks, isFenced, valuesTable } from './fenced-batch.ts';
import { matchedBy } from './one-packet.ts';

/** What a kind of write sets, and where: only in rows of which no attempt is open. */
interface Kind<Write> {
  readonly toRow: (write: Write) => BatchRow;
  readonly set: RawBuilder<unknown>;
  readonly where: RawBuilder<unknown>;
}

const isBetweenAttempts = sql`(t.attempt_id IS NULL OR t.finished_at IS NOT NULL)`;
/** The user's column may have any character set and collation; compared byte by byte. */
const isAsRead = sql`CONVERT(t.status USING utf8mb4) COLLATE utf8mb4_bin <=> d.status COLLATE utf8mb4_bin
  AND t.attempt_id <=> d.attempt_id`;

const delayed: Kind<string> = {
  toRow: (taskId) => ({ id: BigInt(taskId) }),
  set: sql`t.status = 'Pending', t.reason = 'Delayed', t.message = ${reasons.Delayed}, t.tries = 0, t.setbacks = 0,
    t.next_check_at = UTC_TIMESTAMP(3)`,
  where: sql`t.status = 'Normal' AND t.desired = 'Run' AND t.not_before > UTC_TIMESTAMP(3)`,
};

const cancelAnswered: Kind<CancelAnswer> = {
  toRow: (write) => ({
    ...keyOf(write),
    cancelled: Number(write.answer === 'cancelled'),
    reason: write.reason ?? null,
    message: write.message,
  }),
  set: sql`t.desired = 'Run', t.message = d.message, t.reason = IF(d.cancelled = 1, d.reason, t.reason),
    t.status = IF(d.cancelled = 1, 'Cancelled', t.status),
    t.finished_at = IF(d.cancelled = 1, UTC_TIMESTAMP(3), t.finished_at),
    t.next_check_at = IF(d.cancelled = 1, NULL, t.next_check_at)`,
  where: sql`t.desired = 'Cancel' AND ${isAsRead}`,
};

const held: Kind<RowKey> = {
  toRow: keyOf,
  set: sql`t.status = 'Suspended', t.reason = 'Suspended', t.message = ${reasons.Suspended}, t.next_check_at = NULL`,
  where: sql`t.desired = 'Suspend' AND ${isAsRead}`,
};

const resumed: Kind<RowKey> = {
  toRow: keyOf,
  set: sql`t.status = 'Pending', t.reason = NULL, t.message = NULL, t.next_check_at = UTC_TIMESTAMP(3)`,
  where: sql`t.desired = 'Run' AND t.reason = 'Suspended' AND ${isAsRead}`,
};

/** What is done about users' wishes where no attempt is open: one fenced statement a kind. */
export function createWishes(database: Database): Omit<WishStore, 'hasWishes' | 'listWishes'> {
  const record = <Write>({ toRow, set, where }: Kind<Write>) => {
    return async (epoch: number, writes: readonly Write[]) => {
      if (writes.length === 0) return 'written';
      const result = await sql`
        UPDATE ${fencedTasks(epoch, valuesTable(writes.map(toRow)), writes.length)} SET ${set}, t.epoch = l.epoch
        WHERE ${isBetweenAttempts} AND ${where}`.execute(database);
      // What was not written is read again with the next pass: somebody holds the row, or has changed it.
      const isWhole = matchedBy(result) === writes.length;
      return !isWhole && (await isFenced(database, epoch)) ? 'fenced' : 'written';
    };
  };
  return { delay: record(delayed), answerCancel: record(cancelAnswered), hold: record(held), resume: record(resumed) };
}

function keyOf({ taskId, status, attemptId }: RowKey): BatchRow {
  return { id: BigInt(taskId), status, attempt_id: attemptId ?? null };
}
