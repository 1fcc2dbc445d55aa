import { type RawBuilder, sql } from 'kysely';
import type { AttemptStore, AttemptWriteResult, LogWrite } from '../attempt-store.ts';
import type { WriteResult } from '../task-writes.ts';
import type { Database } from './database.ts';
import { fencedAttempts, isFenced, valuesTable } from './fenced-batch.ts';
import { matchedBy } from './one-packet.ts';

/** The ends of logs, beside what is kept of their attempts. */
export function createLogWrites(database: Database): Pick<AttemptStore, 'storeLog' | 'storeOpenLog'> {
  return {
    storeLog: (epoch, writes) => storeLogs(database, epoch, writes),
    storeOpenLog: (epoch, write) => storeOpenLog(database, epoch, write),
  };
}

async function storeLogs(
  database: Database,
  epoch: number,
  writes: readonly LogWrite[],
): Promise<WriteResult<LogWrite>> {
  if (writes.length === 0) return { result: 'written', passedOver: [] };
  const values = valuesTable(
    writes.map(({ attemptId, text, isCut, note, exitCode }) => ({
      ...{ attempt_id: attemptId, log: text ?? null, is_cut: Number(isCut) },
      ...{ note: noteOf(note), exit_code: exitCode ?? null },
    })),
  );
  // What was read while an attempt was open stays, where there is nothing better by now.
  const result = await sql`
    UPDATE ${fencedAttempts(epoch, values, writes.length)}
    SET a.log_note = IF(a.log IS NULL AND d.log IS NULL, d.note, NULL), a.log_cut = IF(d.log IS NULL, a.log_cut, d.is_cut),
      a.log = COALESCE(d.log, a.log), a.exit_code = COALESCE(a.exit_code, d.exit_code), a.log_due_at = NULL,
      a.epoch = l.epoch`.execute(database);
  if (matchedBy(result) === writes.length) return { result: 'written', passedOver: [] };
  if (await isFenced(database, epoch)) return { result: 'fenced' };
  const { rows } = await sql<{ attempt_id: string }>`
    SELECT attempt_id FROM task_attempt
    WHERE attempt_id IN (${sql.join(writes.map(({ attemptId }) => attemptId))}) AND log_due_at IS NOT NULL`.execute(
    database,
  );
  const due = new Set(rows.map(({ attempt_id }) => attempt_id));
  return { result: 'written', passedOver: writes.filter(({ attemptId }) => due.has(attemptId)) };
}

/**
 * The row is made before its attempt ends, which completes it.
 *
 * Fenced as the archive is: the leader row is read with a shared lock.
 */
async function storeOpenLog(
  database: Database,
  epoch: number,
  { taskId, attemptId, text, isCut, note }: LogWrite,
): Promise<AttemptWriteResult> {
  const result = await sql`
    INSERT INTO task_attempt (attempt_id, task_id, row_key, attempt, job_namespace, job_name, job_uid, claimed_at,
      log, log_cut, log_note, epoch)
    SELECT d.attempt_id, d.id, COALESCE(d.row_key, ''), d.attempt, d.job_namespace, d.job_name, d.job_uid, d.claimed_at,
      ${text ?? null}, ${Number(isCut)}, ${noteOf(note)}, l.epoch
    FROM ${openTask(taskId, attemptId)} d
    STRAIGHT_JOIN leader l ON l.id = 1 AND l.epoch = ${BigInt(epoch)}
    LOCK IN SHARE MODE
    ON DUPLICATE KEY UPDATE log_note = IF(log IS NULL AND VALUES(log) IS NULL, VALUES(log_note), NULL),
      log_cut = IF(VALUES(log) IS NULL, log_cut, VALUES(log_cut)), log = COALESCE(VALUES(log), log),
      epoch = VALUES(epoch)`.execute(database);
  if (matchedBy(result) > 0) return 'written';
  return (await isFenced(database, epoch)) ? 'fenced' : 'held';
}

function openTask(taskId: string, attemptId: string): RawBuilder<unknown> {
  return sql`(SELECT held.attempt_id, held.id, held.row_key, held.attempt, held.job_namespace, held.job_name,
      held.job_uid, held.claimed_at
    FROM task held FORCE INDEX (PRIMARY)
    WHERE held.id = ${BigInt(taskId)} AND held.attempt_id = ${attemptId} AND held.finished_at IS NULL
    LIMIT 1 FOR UPDATE SKIP LOCKED)`;
}

/** As much as its column takes. */
function noteOf(note: string | undefined): string | null {
  return note?.slice(0, 255).toWellFormed() ?? null;
}
