import { sql } from 'kysely';
import type {
  AttemptKey,
  CreatedWrite,
  EndWrite,
  InheritedWrite,
  ProgressWrite,
  RenameWrite,
  TaskStore,
  WaitWrite,
} from '../task-store.ts';
import type { Database } from './database.ts';
import { type FencedBatch, writeFenced } from './fenced-batch.ts';
import { nextAttempt } from './next-attempt.ts';

type Records = Pick<
  TaskStore,
  | 'recordCreated'
  | 'recordRenamed'
  | 'recordReleased'
  | 'recordWaiting'
  | 'recordProgress'
  | 'recordEnd'
  | 'recordInherited'
>;

/** The user's column may have any character set and collation; compared byte by byte, as ours. */
const sameStatus = sql`CONVERT(t.status USING utf8mb4) COLLATE utf8mb4_bin <=> d.status COLLATE utf8mb4_bin`;
const sameReason = sql`t.reason <=> d.reason AND t.message <=> d.message`;
const started = sql`t.started_at = IF(d.started = 1, COALESCE(t.started_at, UTC_TIMESTAMP(3)), t.started_at)`;

/** What a kind of write sets, and where; the rest is the same for all. */
type Kind<Write extends AttemptKey> = Omit<FencedBatch<Write>, 'epoch' | 'writes'>;

const created: Kind<CreatedWrite> = {
  toRow: (write) => ({ job_uid: write.jobUid }),
  set: sql`t.job_uid = d.job_uid, t.next_check_at = NULL`,
  where: sql`t.job_uid IS NULL`,
  done: sql`FALSE`,
};

const renamed: Kind<RenameWrite> = {
  toRow: (write) => ({ job_name: write.jobName }),
  set: sql`t.job_name = d.job_name`,
  where: sql`t.job_uid IS NULL`,
  done: sql`t.job_name = CONVERT(d.job_name USING utf8mb4) COLLATE utf8mb4_bin`,
};

const released: Kind<AttemptKey> = {
  toRow: () => ({}),
  set: sql`t.next_check_at = UTC_TIMESTAMP(3)`,
  where: sql`t.job_uid IS NULL`,
  done: sql`t.next_check_at <= UTC_TIMESTAMP(3)`,
};

const waiting: Kind<WaitWrite> = {
  toRow: (write) => ({ reason: write.reason, message: write.message, delay_ms: Math.round(write.delayMs) }),
  set: sql`t.status = 'Pending', t.reason = d.reason, t.message = d.message,
    t.next_check_at = UTC_TIMESTAMP(3) + INTERVAL d.delay_ms * 1000 MICROSECOND`,
  where: sql`t.job_uid IS NULL`,
  done: sql`${sameReason} AND t.next_check_at > UTC_TIMESTAMP(3)`,
};

const progress: Kind<ProgressWrite> = {
  toRow: (write) => ({
    status: write.status,
    reason: write.reason ?? null,
    message: write.message ?? null,
    started: Number(write.started),
  }),
  set: sql`t.status = d.status, t.reason = d.reason, t.message = d.message, ${started}`,
  where: sql`TRUE`,
  done: sql`${sameStatus} AND ${sameReason} AND (d.started = 0 OR t.started_at IS NOT NULL)`,
};

const ended: Kind<EndWrite> = {
  toRow: (write) => ({
    status: write.status,
    reason: write.reason ?? null,
    message: write.message ?? null,
    job_uid: write.jobUid ?? null,
    started: Number(write.started),
  }),
  set: sql`t.status = d.status, t.reason = d.reason, t.message = d.message, ${started},
    t.job_uid = COALESCE(t.job_uid, d.job_uid), t.finished_at = UTC_TIMESTAMP(3), t.next_check_at = NULL`,
  where: sql`(t.job_uid IS NULL OR d.job_uid IS NULL OR t.job_uid = d.job_uid)`,
  done: sql`FALSE`,
};

/** Rows without an attempt of ours, so their own: by what the system before this one wrote, and what we never do. */
const inherited: Kind<InheritedWrite> = {
  toRow: (write) => ({
    name: write.name,
    namespace: write.namespace,
    job_uid: write.jobUid ?? null,
    reason: write.reason,
    message: write.message,
  }),
  set: sql`t.attempt = ${nextAttempt(sql`t.attempt`)}, t.attempt_id = d.attempt_id, t.row_key = COALESCE(t.row_key, d.attempt_id),
    t.job_name = LEFT(d.name, 64), t.job_namespace = LEFT(d.namespace, 64), t.job_uid = d.job_uid,
    t.status = IF(d.job_uid IS NULL, 'Failed', t.status), t.reason = IF(d.job_uid IS NULL, d.reason, NULL),
    t.message = IF(d.job_uid IS NULL, d.message, NULL), t.finished_at = IF(d.job_uid IS NULL, UTC_TIMESTAMP(3), NULL)`,
  open: sql`t.attempt_id IS NULL AND t.next_check_at IS NULL`,
  where: sql`t.status IN ('Pending', 'Running', 'Unknown')`,
  done: sql`FALSE`,
};

/** What nightwatch writes about an attempt after its intent: one statement a kind, for one row or hundreds. */
export function createRecords(database: Database): Records {
  const record = <Write extends AttemptKey>(kind: Kind<Write>) => {
    return (epoch: number, writes: readonly Write[]) => writeFenced(database, { ...kind, epoch, writes });
  };
  return {
    recordCreated: record(created),
    recordRenamed: record(renamed),
    recordReleased: record(released),
    recordWaiting: record(waiting),
    recordProgress: record(progress),
    recordEnd: record(ended),
    recordInherited: record(inherited),
  };
}
