import { sql } from 'kysely';
import { reasons } from '../../task/reasons.ts';
import type { TaskStore } from '../task-store.ts';
import type {
  AttemptKey,
  CreatedWrite,
  EndingWrite,
  InheritedWrite,
  ProgressWrite,
  RenameWrite,
  WaitWrite,
} from '../task-writes.ts';
import type { Database } from './database.ts';
import { nextAttempt } from './next-attempt.ts';
import { createEndRecords, type EndRecords } from './record-ends.ts';
import { type Kind, recordKind, started } from './record-kind.ts';

type Records = EndRecords &
  Pick<
    TaskStore,
    | 'recordCreated'
    | 'recordRenamed'
    | 'recordReleased'
    | 'recordWaiting'
    | 'recordProgress'
    | 'recordEnding'
    | 'recordHeld'
    | 'recordResumed'
    | 'recordInherited'
  >;

/** The user's column may have any character set and collation; compared byte by byte, as ours. */
const sameStatus = sql`CONVERT(t.status USING utf8mb4) COLLATE utf8mb4_bin <=> d.status COLLATE utf8mb4_bin`;
const sameReason = sql`t.reason <=> d.reason AND t.message <=> d.message`;

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
  // A held attempt has no time: NULL would be neither done nor not.
  done: sql`COALESCE(t.next_check_at <= UTC_TIMESTAMP(3), FALSE)`,
};

/** What an attempt waited for when it was being ended meanwhile is not waited for. */
const longestEndingWaitMs = 5_000;

const waiting: Kind<WaitWrite> = {
  toRow: (write) => ({ reason: write.reason, message: write.message, delay_ms: Math.round(write.delayMs) }),
  set: sql`t.status = 'Pending', t.reason = d.reason, t.message = d.message,
    t.next_check_at = UTC_TIMESTAMP(3)
      + INTERVAL IF(t.ending IS NULL, d.delay_ms, LEAST(d.delay_ms, ${longestEndingWaitMs})) * 1000 MICROSECOND`,
  where: sql`t.job_uid IS NULL`,
  done: sql`${sameReason} AND COALESCE(t.next_check_at > UTC_TIMESTAMP(3), FALSE)`,
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

/** What has begun to end is not taken back: a later Cancel of it is only answered. */
const ending: Kind<EndingWrite> = {
  toRow: (write) => ({ ending: write.ending, message: write.message }),
  set: sql`t.ending = COALESCE(t.ending, d.ending), t.message = d.message,
    t.desired = IF(d.ending = 'Cancelled', 'Run', t.desired),
    t.next_check_at = IF(t.job_uid IS NULL, UTC_TIMESTAMP(3), t.next_check_at)`,
  where: sql`(d.ending <> 'Cancelled' OR t.desired = 'Cancel')`,
  done: sql`t.ending IS NOT NULL`,
};

/** Without a Job, which was made sure of; it is looked at again once its user lets it go on. */
const held: Kind<AttemptKey> = {
  toRow: () => ({}),
  set: sql`t.status = 'Suspended', t.reason = 'Suspended', t.message = ${reasons.Suspended}, t.next_check_at = NULL`,
  where: sql`t.job_uid IS NULL AND t.ending IS NULL AND t.desired = 'Suspend'`,
  done: sql`t.status = 'Suspended' AND t.next_check_at IS NULL`,
};

/** What the time of its claim is counted for, until its Job can be created and its pods start, is not counted while it is held. */
const resumed: Kind<AttemptKey> = {
  toRow: () => ({}),
  set: sql`t.status = 'Pending', t.reason = NULL, t.message = NULL, t.next_check_at = UTC_TIMESTAMP(3),
    t.claimed_at = UTC_TIMESTAMP(3)`,
  where: sql`t.job_uid IS NULL AND t.ending IS NULL AND t.desired = 'Run'`,
  done: sql`t.status = 'Pending' AND COALESCE(t.next_check_at <= UTC_TIMESTAMP(3), FALSE)`,
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
  const record = recordKind(database);
  return {
    ...createEndRecords(database),
    recordCreated: record(created),
    recordRenamed: record(renamed),
    recordReleased: record(released),
    recordWaiting: record(waiting),
    recordProgress: record(progress),
    recordEnding: record(ending),
    recordHeld: record(held),
    recordResumed: record(resumed),
    recordInherited: record(inherited),
  };
}
