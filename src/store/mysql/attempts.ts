import { type RawBuilder, sql } from 'kysely';
import type { AttemptStore, AttemptWriteResult, CleanUp, EndedAttempt } from '../attempt-store.ts';
import type { Database } from './database.ts';
import { fencedAttempts, isFenced, valuesTable } from './fenced-batch.ts';
import { createHistory } from './history.ts';
import { createLogWrites } from './log-writes.ts';
import { matchedBy } from './one-packet.ts';

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
    ...createLogWrites(database),
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

function fromNow(milliseconds: number): RawBuilder<unknown> {
  return sql`UTC_TIMESTAMP(3) + INTERVAL ${Math.round(milliseconds) * 1_000} MICROSECOND`;
}

interface AttemptBatch {
  readonly epoch: number;
  readonly attemptIds: readonly string[];
  /** Assignments to columns of `a`. */
  readonly set: RawBuilder<unknown>;
}

async function writeAttempts(
  database: Database,
  { epoch, attemptIds, set }: AttemptBatch,
): Promise<AttemptWriteResult> {
  if (attemptIds.length === 0) return 'written';
  const values = valuesTable(attemptIds.map((id) => ({ attempt_id: id })));
  const result = await sql`
    UPDATE ${fencedAttempts(epoch, values, attemptIds.length)} SET ${set}, a.epoch = l.epoch`.execute(database);
  if (matchedBy(result) === attemptIds.length) return 'written';
  return (await isFenced(database, epoch)) ? 'fenced' : 'held';
}
