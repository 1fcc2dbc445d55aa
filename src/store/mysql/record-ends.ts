import { sql } from 'kysely';
import type { TaskStore } from '../task-store.ts';
import type { DetailWrite, EndWrite, RetryWrite } from '../task-writes.ts';
import { archiveAttempts } from './archive-attempts.ts';
import type { Database } from './database.ts';
import { type Kind, recordKind, started } from './record-kind.ts';

export type EndRecords = Pick<TaskStore, 'recordEnd' | 'recordRetry' | 'recordDetail'>;

/**
 * The archive passes over a row that another statement holds, be it one of our own, and the end need not meet it any
 * more: without this it would end what was not kept.
 */
const isArchived = sql`EXISTS (SELECT 1 FROM task_attempt a FORCE INDEX (PRIMARY)
  WHERE a.attempt_id = t.attempt_id AND a.finished_at IS NOT NULL AND a.epoch = l.epoch)`;

const ended: Kind<EndWrite> = {
  before: archiveAttempts,
  toRow: (write) => ({
    status: write.status,
    reason: write.reason ?? null,
    message: write.message ?? null,
    job_uid: write.jobUid ?? null,
    started: Number(write.started),
    exit_code: write.exitCode ?? null,
  }),
  set: sql`t.status = d.status, t.reason = d.reason, t.message = d.message, ${started}, t.exit_code = d.exit_code,
    t.job_uid = COALESCE(t.job_uid, d.job_uid), t.finished_at = UTC_TIMESTAMP(3), t.next_check_at = NULL`,
  where: sql`(t.job_uid IS NULL OR d.job_uid IS NULL OR t.job_uid = d.job_uid)`,
  ready: isArchived,
  done: sql`FALSE`,
};

/** The row waits for its next attempt; the one that failed is ended, and kept in `task_attempt`. */
const retried: Kind<RetryWrite> = {
  before: archiveAttempts,
  toRow: (write) => ({
    reason: write.waitReason,
    message: write.waitMessage,
    job_uid: write.jobUid ?? null,
    started: Number(write.started),
    exit_code: write.exitCode ?? null,
    delay_ms: Math.round(write.delayMs),
    is_try: Number(write.isTry),
  }),
  set: sql`t.status = 'Pending', t.reason = d.reason, t.message = d.message, ${started}, t.exit_code = d.exit_code,
    t.job_uid = COALESCE(t.job_uid, d.job_uid), t.finished_at = UTC_TIMESTAMP(3), t.ending = NULL,
    t.tries = t.tries + d.is_try, t.setbacks = t.setbacks + 1 - d.is_try,
    t.next_check_at = UTC_TIMESTAMP(3) + INTERVAL d.delay_ms * 1000 MICROSECOND`,
  // A Cancel that was committed meanwhile is not undone: the attempt is taken up again, and ends without another one.
  where: sql`(t.job_uid IS NULL OR d.job_uid IS NULL OR t.job_uid = d.job_uid) AND NOT (t.ending <=> 'Cancelled')`,
  ready: isArchived,
  done: sql`FALSE`,
};

/** About an attempt that has ended: another one may have begun, which it is not about. */
const detail: Kind<DetailWrite> = {
  toRow: (write) => ({ exit_code: write.exitCode }),
  set: sql`t.exit_code = d.exit_code`,
  open: sql`t.attempt_id = d.attempt_id AND t.finished_at IS NOT NULL`,
  where: sql`TRUE`,
  done: sql`t.exit_code <=> d.exit_code`,
};

/** The ends of attempts: each is kept in `task_attempt` before it is one. */
export function createEndRecords(database: Database): EndRecords {
  const record = recordKind(database);
  return {
    recordEnd: record(ended),
    recordRetry: record(retried),
    recordDetail: record(detail),
  };
}
