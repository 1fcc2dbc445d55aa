import { type RawBuilder, sql } from 'kysely';
import type { AttemptStore } from '../attempt-store.ts';
import type { Database } from './database.ts';
import { fencedTasks, isFenced, valuesTable } from './fenced-batch.ts';
import { matchedBy } from './one-packet.ts';

type History = Pick<AttemptStore, 'findHistoryEnd' | 'listHistory' | 'deleteHistory'>;

/** Rows that have ended, oldest end first, and their deletion. */
export function createHistory(database: Database): History {
  return {
    async findHistoryEnd({ keptSeconds, keptRows }) {
      const { rows } = await sql<{ by_age: string | null; by_count: string | null }>`
        SELECT ${keptSeconds === undefined ? sql`NULL` : sql`UTC_TIMESTAMP(3) - INTERVAL ${keptSeconds} SECOND`} AS by_age,
          ${keptRows === undefined ? sql`NULL` : endOfNewest(keptRows)} AS by_count`.execute(database);
      const { by_age = null, by_count = null } = rows[0] ?? {};
      // Both are of the same form, so the later one is the greater one as text, too.
      if (by_age === null || by_count === null) return by_age ?? by_count ?? undefined;
      const agesFirst = by_age < by_count;
      return agesFirst ? by_count : by_age;
    },
    async listHistory(until, limit, after) {
      const behind = after
        ? sql`AND (t.finished_at > ${after.finishedAt} OR (t.finished_at = ${after.finishedAt} AND t.attempt_id > ${after.attemptId}))`
        : sql``;
      const { rows } = await sql<{ id: string | number; finished_at: string; attempt_id: string | null }>`
        SELECT t.id, t.finished_at, t.attempt_id FROM task t FORCE INDEX (nightwatch_open)
        WHERE t.finished_at <= ${until} ${behind} AND ${hasEnded}
          AND NOT EXISTS (SELECT 1 FROM task_attempt a FORCE INDEX (task_attempt_of_task)
            WHERE a.task_id = t.id AND a.row_key = t.row_key AND (a.clean_up_at IS NOT NULL OR a.log_due_at IS NOT NULL))
        ORDER BY t.finished_at, t.attempt_id LIMIT ${limit}`.execute(database);
      return rows.map((row) => ({
        taskId: String(row.id),
        finishedAt: row.finished_at,
        attemptId: row.attempt_id ?? '',
      }));
    },
    async deleteHistory(epoch, rows) {
      if (rows.length === 0) return 'written';
      const values = valuesTable(
        rows.map(({ taskId, finishedAt }) => ({ id: BigInt(taskId), finished_at: finishedAt })),
      );
      // What is kept of its attempts goes in the same statement; a row that was submitted again since keeps both.
      const result = await sql`
        DELETE t, a FROM ${fencedTasks(epoch, values, rows.length, sql`v.id, v.finished_at, held.row_key`)}
          LEFT JOIN task_attempt a FORCE INDEX (task_attempt_of_task) ON a.task_id = d.id AND a.row_key = d.row_key
        WHERE t.finished_at = d.finished_at AND ${hasEnded}`.execute(database);
      // Rows that somebody holds, and attempts beside them, make the count say nothing but whether the fence let it through.
      if (matchedBy(result) > 0) return 'written';
      return (await isFenced(database, epoch)) ? 'fenced' : 'written';
    },
  };
}

/** Neither open, nor submitted again, nor waiting for anything. */
const hasEnded = sql`t.finished_at IS NOT NULL AND t.next_check_at IS NULL
  AND t.status IN ('Succeeded', 'Failed', 'Cancelled')`;

/** When the newest row ended that is one too many. */
function endOfNewest(count: number): RawBuilder<unknown> {
  return sql`(SELECT finished_at FROM task FORCE INDEX (nightwatch_open) WHERE finished_at IS NOT NULL
    ORDER BY finished_at DESC LIMIT 1 OFFSET ${count})`;
}
