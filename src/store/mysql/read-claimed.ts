import { type RawBuilder, sql } from 'kysely';
import { type ClaimedTask, type Desired, type Ending, maximumInfoBytes } from '../../task/task.ts';
import type { Slot } from './statement-template.ts';

/** What is decided on: those of these rows that a claim took, by `mine`, as they are since. */
export function selectClaimed(ids: readonly (bigint | Slot)[], mine: RawBuilder<unknown>): RawBuilder<ClaimedRow> {
  return sql<ClaimedRow>`
    SELECT id, LEFT(name, 253) AS name, user_id, attempt_id, row_key, attempt, job_namespace, job_name,
      IF(OCTET_LENGTH(info) > ${maximumInfoBytes}, NULL, info) AS info, OCTET_LENGTH(info) AS info_bytes,
      TIMESTAMPDIFF(MICROSECOND, claimed_at, UTC_TIMESTAMP(3)) DIV 1000 AS age_ms, ending, desired,
      tries, setbacks
    FROM task FORCE INDEX (PRIMARY)
    WHERE id IN (${sql.join(ids)}) AND ${mine}
    ORDER BY priority DESC, id`;
}

export interface ClaimedRow {
  /** A string from a BIGINT, a number where the user made the column shorter. */
  readonly id: string | number;
  readonly name: string;
  readonly user_id: string | number;
  readonly attempt_id: string;
  readonly row_key: string | null;
  readonly attempt: number;
  readonly job_namespace: string | null;
  readonly job_name: string | null;
  readonly info: string | null;
  readonly info_bytes: number | string;
  readonly age_ms: number | string;
  readonly ending: Ending | null;
  readonly desired: Desired;
  readonly tries: number;
  readonly setbacks: number;
}

export function toClaimedTask(row: ClaimedRow): Omit<ClaimedTask, 'isRetaken'> {
  return {
    taskId: String(row.id),
    taskName: row.name,
    userId: String(row.user_id),
    attemptId: row.attempt_id,
    // NULL only where somebody else has written an attempt into the row: that one is refused, for it has no name.
    rowKey: row.row_key ?? '',
    number: row.attempt,
    namespace: row.job_namespace ?? '',
    jobName: row.job_name ?? '',
    info: row.info ?? undefined,
    infoBytes: Number(row.info_bytes),
    ageMs: Number(row.age_ms),
    ending: row.ending ?? undefined,
    desired: row.desired,
    tries: row.tries,
    setbacks: row.setbacks,
  };
}
