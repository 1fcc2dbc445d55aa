import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { NormalCursor, TaskStore } from '../task-store.ts';
import type { Database } from './database.ts';

/** The ranges of rows in which there is something to do: each is read by an index, and short while nothing is. */
export function createRanges(database: Database): Pick<TaskStore, 'listNormal' | 'listDue'> {
  /** Compiled once: asked for a hundred times a second, and nearly always for nothing. */
  const firstPages = new Map<number, CompiledQuery<NormalRange>>();
  const firstPage = (limit: number) => {
    const page = firstPages.get(limit) ?? selectNormal(limit, sql``).compile(database);
    firstPages.set(limit, page);
    return page;
  };
  return {
    async listNormal(limit, after) {
      const page = after ? selectNormal(limit, behind(after)).compile(database) : firstPage(limit);
      const { rows } = await database.executeQuery(page);
      const last = rows.at(-1);
      return {
        rows: rows.map((row) => ({ taskId: String(row.id), openAttemptId: row.open_attempt ?? undefined })),
        next: last && rows.length === limit ? { priority: last.priority, taskId: String(last.id) } : undefined,
      };
    },
    async listDue(limit) {
      const { rows } = await sql<{ id: string | number }>`
        SELECT id FROM task FORCE INDEX (nightwatch_due) WHERE next_check_at <= UTC_TIMESTAMP(3)
        ORDER BY next_check_at, id LIMIT ${limit}`.execute(database);
      return rows.map((row) => String(row.id));
    },
  };
}

interface NormalRange {
  /** A string from a BIGINT, a number where the user made the column shorter. */
  readonly id: string | number;
  readonly priority: number;
  readonly open_attempt: string | null;
}

function selectNormal(limit: number, where: RawBuilder<unknown>): RawBuilder<NormalRange> {
  return sql<NormalRange>`
    SELECT id, priority, IF(finished_at IS NULL, attempt_id, NULL) AS open_attempt
    FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Normal' ${where}
    ORDER BY priority DESC, id LIMIT ${limit}`;
}

/** A page behind a cursor is two ranges of the index; the first page, which is nearly every one, is a single range. */
function behind({ priority, taskId }: NormalCursor): RawBuilder<unknown> {
  return sql`AND (priority < ${priority} OR (priority = ${priority} AND id > ${BigInt(taskId)}))`;
}
