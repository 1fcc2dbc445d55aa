import { type RawBuilder, sql } from 'kysely';
import type { NormalCursor, NormalRow, TaskStore } from '../task-store.ts';
import type { WishedRow } from '../wish-store.ts';
import type { Database } from './database.ts';
import { Slot } from './statement-template.ts';
import { createWaitedList } from './wait-for-normal.ts';

type Ranges = Pick<TaskStore, 'listNormal' | 'listDue' | 'hasWishes' | 'listWishes'>;

/** The ranges of rows in which there is something to do: each is read by an index, and short while nothing is. */
export function createRanges(database: Database): Ranges {
  const listWaited = createWaitedList(database, selectNormal(new Slot('limit')));
  return {
    async listNormal(limit, after, wait) {
      const rows = wait
        ? await listWaited(wait, { limit })
        : (await selectNormal(limit, after && behind(after)).execute(database)).rows;
      const last = rows.at(-1);
      return {
        rows: rows.map(toNormalRow),
        next: last && rows.length === limit ? { priority: last.priority, taskId: String(last.id) } : undefined,
      };
    },
    async listDue(limit) {
      const { rows } = await sql<{ id: string | number; is_open: number }>`
        SELECT id, attempt_id IS NOT NULL AND finished_at IS NULL AS is_open
        FROM task FORCE INDEX (nightwatch_waiting) WHERE due_at <= UTC_TIMESTAMP(3)
        ORDER BY due_at, id LIMIT ${limit}`.execute(database);
      return rows.map((row) => ({ taskId: String(row.id), isOpen: Number(row.is_open) === 1 }));
    },
    async hasWishes() {
      const { rows } = await sql<{ wish: string }>`
        SELECT wish FROM task FORCE INDEX (nightwatch_wish) WHERE wish > '' LIMIT 1`.execute(database);
      return rows.length > 0;
    },
    async listWishes(wish, limit, after = '0') {
      const { rows } = await sql<WishedRange>`
        SELECT id, status, attempt_id, finished_at IS NOT NULL AS has_finished, next_check_at IS NOT NULL AS waits,
          job_uid IS NOT NULL AS has_job, reason
        FROM task FORCE INDEX (nightwatch_wish) WHERE wish = ${wish} AND id > ${BigInt(after)}
        ORDER BY id LIMIT ${limit}`.execute(database);
      return rows.map((row) => toWishedRow(row, wish));
    },
  };
}

interface NormalRange {
  /** A string from a BIGINT, a number where the user made the column shorter. */
  readonly id: string | number;
  readonly priority: number;
  /** One of ours, or the id of an open attempt, which is longer than those: each column costs the idle poll something. */
  readonly state: string;
}

const states = { held: 'held', early: 'early', ready: 'ready' } as const;
const stateWords = new Set<string>(Object.values(states));

function selectNormal(limit: number | Slot, where: RawBuilder<unknown> = sql``): RawBuilder<NormalRange> {
  return sql<NormalRange>`
    SELECT id, priority, CASE
      WHEN attempt_id IS NOT NULL AND finished_at IS NULL THEN attempt_id
      WHEN desired <> 'Run' THEN ${states.held}
      WHEN not_before > UTC_TIMESTAMP(3) THEN ${states.early}
      ELSE ${states.ready} END AS state
    FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Normal' ${where}
    ORDER BY priority DESC, id LIMIT ${limit}`;
}

/** A page behind a cursor is two ranges of the index; the first page, which is nearly every one, is a single range. */
function behind({ priority, taskId }: NormalCursor): RawBuilder<unknown> {
  return sql`AND (priority < ${priority} OR (priority = ${priority} AND id > ${BigInt(taskId)}))`;
}

function toNormalRow({ id, state }: NormalRange): NormalRow {
  return {
    taskId: String(id),
    openAttemptId: stateWords.has(state) ? undefined : state,
    mayRun: state !== states.held,
    isEarly: state === states.early,
  };
}

interface WishedRange {
  readonly id: string | number;
  readonly status: string;
  readonly attempt_id: string | null;
  readonly has_finished: number;
  readonly waits: number;
  readonly has_job: number;
  readonly reason: string | null;
}

function toWishedRow(row: WishedRange, wish: WishedRow['wish']): WishedRow {
  return {
    taskId: String(row.id),
    wish,
    status: row.status,
    attemptId: row.attempt_id ?? undefined,
    stage: stageOf(row),
    hasJob: Number(row.has_job) === 1,
  };
}

/** By nightwatch's own columns; by the status only where its user has submitted it. */
function stageOf({ attempt_id, has_finished, waits, status, reason }: WishedRange): WishedRow['stage'] {
  if (attempt_id !== null && Number(has_finished) === 0) return 'open';
  // A word that its user wrote into a row which has ended has no reason of ours.
  const isHeld = status === 'Suspended' && reason === 'Suspended';
  return Number(waits) === 1 || status === 'Normal' || isHeld ? 'waiting' : 'ended';
}
