import { type RawBuilder, sql } from 'kysely';
import type { AttemptStore, AttemptWriteResult, CleanUp, EndedAttempt, LogWrite } from '../attempt-store.ts';
import type { Database } from './database.ts';
import { isFenced, valuesTable } from './fenced-batch.ts';
import { createHistory } from './history.ts';

/** What is still to be done about attempts that have ended, on MySQL and MariaDB. */
export function createAttempts(database: Database): AttemptStore {
  const write = (epoch: number, attemptIds: readonly string[], set: RawBuilder<unknown>) =>
    writeAttempts(database, { epoch, attemptIds, set });
  return {
    async listLogsDue(limit) {
      const { rows } = await sql<EndedRow>`
        SELECT ${endedColumns} FROM task_attempt FORCE INDEX (task_attempt_log_due)
        WHERE log_due_at <= UTC_TIMESTAMP(3) ORDER BY log_due_at LIMIT ${limit}`.execute(database);
      return rows.map(toEndedAttempt);
    },
    storeLog: (epoch, log) => write(epoch, [log.attemptId], setOf(log)),
    storeOpenLog: (epoch, log) => storeOpenLog(database, epoch, log),
    postponeLog: (epoch, attemptId, delayMs) => write(epoch, [attemptId], sql`a.log_due_at = ${fromNow(delayMs)}`),
    async listCleanUps(limit) {
      const { rows } = await sql<EndedRow>`
        SELECT ${endedColumns} FROM task_attempt FORCE INDEX (task_attempt_clean_up)
        WHERE clean_up_at <= UTC_TIMESTAMP(3) AND log_due_at IS NULL ORDER BY clean_up_at LIMIT ${limit}`.execute(
        database,
      );
      return rows.map(toCleanUp);
    },
    intendCleanUp: (epoch, attemptIds) => write(epoch, attemptIds, sql`a.ending = 'CleanUp'`),
    confirmCleanUp: (epoch, attemptIds) => write(epoch, attemptIds, sql`a.clean_up_at = NULL`),
    postponeCleanUp: (epoch, attemptId, delayMs) => write(epoch, [attemptId], sql`a.clean_up_at = ${fromNow(delayMs)}`),
    ...createHistory(database),
  };
}

interface EndedRow {
  readonly attempt_id: string;
  readonly task_id: string;
  readonly job_namespace: string | null;
  readonly job_name: string | null;
  readonly job_uid: string | null;
  readonly since_end_ms: number | string | null;
  readonly status: string;
  readonly exit_code: number | null;
  readonly ending: string | null;
}

const endedColumns = sql`attempt_id, task_id, job_namespace, job_name, job_uid, status, exit_code, ending,
  TIMESTAMPDIFF(MICROSECOND, finished_at, UTC_TIMESTAMP(3)) DIV 1000 AS since_end_ms`;

function toEndedAttempt(row: EndedRow): EndedAttempt {
  return {
    attemptId: row.attempt_id,
    taskId: row.task_id,
    namespace: row.job_namespace ?? '',
    jobName: row.job_name ?? '',
    jobUid: row.job_uid ?? undefined,
    sinceEndMs: Number(row.since_end_ms ?? 0),
    status: row.status,
    exitCode: row.exit_code ?? undefined,
  };
}

function toCleanUp(row: EndedRow): CleanUp {
  return { ...toEndedAttempt(row), isIntended: row.ending === 'CleanUp' };
}

function setOf({ text, isCut, note, exitCode }: LogWrite): RawBuilder<unknown> {
  // What was read while the attempt was open stays, where there is nothing better by now.
  const log = text === undefined ? sql`a.log_note = IF(a.log IS NULL, ${noteOf(note)}, NULL)` : textOf(text, isCut);
  return sql`${log}, a.exit_code = COALESCE(a.exit_code, ${exitCode ?? null}), a.log_due_at = NULL`;
}

function textOf(text: string, isCut: boolean): RawBuilder<unknown> {
  return sql`a.log = ${text}, a.log_cut = ${Number(isCut)}, a.log_note = NULL`;
}

/** As much as its column takes. */
function noteOf(note: string | undefined): string | null {
  return note?.slice(0, 255).toWellFormed() ?? null;
}

function fromNow(milliseconds: number): RawBuilder<unknown> {
  return sql`UTC_TIMESTAMP(3) + INTERVAL ${Math.round(milliseconds) * 1_000} MICROSECOND`;
}

interface AttemptBatch {
  readonly epoch: number;
  readonly attemptIds: readonly string[];
  /** Assignments to columns of `a`. */
  readonly set: RawBuilder<unknown>;
}

/**
 * The row is made before its attempt ends, which completes it.
 *
 * Fenced as the archive is: the leader row is read with a shared lock.
 */
async function storeOpenLog(
  database: Database,
  epoch: number,
  { taskId, attemptId, text, isCut, note }: LogWrite & { readonly taskId: string },
): Promise<AttemptWriteResult> {
  const result = await sql`
    INSERT INTO task_attempt (attempt_id, task_id, row_key, attempt, job_namespace, job_name, job_uid, claimed_at,
      log, log_cut, log_note, epoch)
    SELECT d.attempt_id, d.id, COALESCE(d.row_key, ''), d.attempt, d.job_namespace, d.job_name, d.job_uid, d.claimed_at,
      ${text ?? null}, ${Number(isCut)}, ${noteOf(note)}, l.epoch
    FROM (SELECT held.attempt_id, held.id, held.row_key, held.attempt, held.job_namespace, held.job_name, held.job_uid,
        held.claimed_at
      FROM task held FORCE INDEX (PRIMARY)
      WHERE held.id = ${BigInt(taskId)} AND held.attempt_id = ${attemptId} AND held.finished_at IS NULL
      LIMIT 1 FOR UPDATE SKIP LOCKED) d
    STRAIGHT_JOIN leader l ON l.id = 1 AND l.epoch = ${BigInt(epoch)}
    LOCK IN SHARE MODE
    ON DUPLICATE KEY UPDATE log = COALESCE(VALUES(log), task_attempt.log), log_cut = VALUES(log_cut),
      log_note = VALUES(log_note), epoch = VALUES(epoch)`.execute(database);
  if (Number(result.numAffectedRows ?? 0n) > 0) return 'written';
  return (await isFenced(database, epoch)) ? 'fenced' : 'held';
}

/** Of the form that `fencedTasks` explains, on the other table: what a report of some user holds is passed over. */
async function writeAttempts(
  database: Database,
  { epoch, attemptIds, set }: AttemptBatch,
): Promise<AttemptWriteResult> {
  if (attemptIds.length === 0) return 'written';
  // Of the column's own character set: with another one the key would be of no use.
  const values = valuesTable(attemptIds.map((id) => ({ attempt_id: id })));
  const result = await sql`
    UPDATE (SELECT held.attempt_id FROM ${values} v
        STRAIGHT_JOIN task_attempt held FORCE INDEX (PRIMARY) ON held.attempt_id = CONVERT(v.attempt_id USING ascii) COLLATE ascii_bin
        LIMIT ${attemptIds.length} FOR UPDATE SKIP LOCKED) d
      STRAIGHT_JOIN task_attempt a FORCE INDEX (PRIMARY) ON a.attempt_id = d.attempt_id
      STRAIGHT_JOIN leader l ON l.id = 1 AND l.epoch = ${BigInt(epoch)}
    SET ${set}, a.epoch = l.epoch`.execute(database);
  // Matched rows, not changed ones: mysql2 connects with FOUND_ROWS.
  if (Number(result.numAffectedRows ?? 0n) === attemptIds.length) return 'written';
  return (await isFenced(database, epoch)) ? 'fenced' : 'held';
}
