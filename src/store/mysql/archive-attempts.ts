import { type RawBuilder, sql } from 'kysely';
import type { EndWrite } from '../task-writes.ts';
import { valuesTable } from './fenced-batch.ts';

/**
 * Keeps in `task_attempt` what became of attempts that are about to end.
 *
 * Before the end and not after it: from the end on a user's Normal may begin the next attempt, which takes the row. A
 * crash in between does no harm, for the attempt is still open then and whoever leads next writes both again. The same
 * fence as every batch: rows that somebody holds are passed over (the end passes them over too), and the leader row is
 * read with a shared lock, without which READ COMMITTED would let stale rows through.
 */
export function archiveAttempts(epoch: number, writes: readonly EndWrite[]): RawBuilder<unknown> {
  const values = valuesTable(
    writes.map((write) => ({
      id: BigInt(write.taskId),
      attempt_id: write.attemptId,
      status: write.status,
      reason: write.reason ?? null,
      message: write.message ?? null,
      job_uid: write.jobUid ?? null,
      started: Number(write.started),
      exit_code: write.exitCode ?? null,
      has_log: Number(write.hasLog ?? false),
      clean_up_seconds: write.cleanUpSeconds ?? null,
    })),
  );
  return sql`
    INSERT INTO task_attempt (attempt_id, task_id, row_key, attempt, job_namespace, job_name, job_uid, status, reason,
      message, exit_code, claimed_at, started_at, finished_at, log_due_at, clean_up_at, epoch)
    SELECT d.attempt_id, d.id, COALESCE(d.row_key, ''), d.attempt, d.job_namespace, d.job_name,
      COALESCE(d.recorded_uid, d.job_uid), d.status, d.reason, d.message, d.exit_code, d.claimed_at,
      IF(d.started = 1, COALESCE(d.started_at, UTC_TIMESTAMP(3)), d.started_at), UTC_TIMESTAMP(3),
      IF(d.has_log = 1, UTC_TIMESTAMP(3), NULL), UTC_TIMESTAMP(3) + INTERVAL d.clean_up_seconds SECOND, l.epoch
    FROM (SELECT v.*, held.row_key, held.attempt, held.job_namespace, held.job_name, held.job_uid AS recorded_uid,
        held.claimed_at, held.started_at
      FROM ${values} v STRAIGHT_JOIN task held FORCE INDEX (PRIMARY) ON held.id = v.id
      WHERE held.attempt_id = v.attempt_id AND held.finished_at IS NULL
      LIMIT ${writes.length} FOR UPDATE SKIP LOCKED) d
    STRAIGHT_JOIN leader l ON l.id = 1 AND l.epoch = ${BigInt(epoch)}
    LOCK IN SHARE MODE
    ON DUPLICATE KEY UPDATE status = d.status, reason = d.reason, message = d.message,
      exit_code = COALESCE(d.exit_code, task_attempt.exit_code), job_uid = COALESCE(d.recorded_uid, d.job_uid),
      started_at = IF(d.started = 1, COALESCE(d.started_at, UTC_TIMESTAMP(3)), d.started_at),
      finished_at = UTC_TIMESTAMP(3), log_due_at = IF(d.has_log = 1, UTC_TIMESTAMP(3), task_attempt.log_due_at),
      clean_up_at = UTC_TIMESTAMP(3) + INTERVAL d.clean_up_seconds SECOND, epoch = l.epoch`;
}
