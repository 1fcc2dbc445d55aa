import type { OwnWait } from '../../scheduler/pass.ts';
import { nothingMs } from '../../scheduler/ticks.ts';
import type { NormalCursor, NormalPage, NormalWait } from '../../store/task-store.ts';
import { unlessAborted } from '../../unless-aborted.ts';
import { restoreStatus } from '../restore-status.ts';
import type { TermContext } from '../watcher.ts';
import type { HeldRows } from './held-rows.ts';

export interface NormalPagesOptions extends Pick<TermContext, 'store' | 'term' | 'attempts' | 'recorder'> {
  readonly pageSize: number;
  readonly held: HeldRows;
}

/** Rows that can be claimed, and whether more may be behind them. */
export interface ClaimablePage {
  readonly taskIds: readonly string[];
  readonly hasNext: boolean;
}

/** For as long the database looks at the ticks by itself: somebody who alters the table has to wait for it. */
const longestWaitMs = 250;
const mostLooks = 25;

/** Finds the next rows that can be claimed: always from the start of the range, past those that are held. */
export class NormalPages {
  readonly #options: NormalPagesOptions;

  constructor(options: NormalPagesOptions) {
    this.#options = options;
  }

  /**
   * A page; an empty one when there are no rows at this tick, nor, after a wait for it, at the ones behind it.
   *
   * What else the pass does has to wait for it: there are no more ticks than up to `dueAtMs`, on the monotonic clock.
   */
  async next(wait: OwnWait | undefined, dueAtMs: number): Promise<ClaimablePage> {
    const { held, term } = this.#options;
    let after: NormalCursor | undefined;
    do {
      const page = await (after || !wait ? this.#read(after) : this.#readAfter(wait, dueAtMs));
      const nowMs = performance.now();
      for (const row of page.rows) if (row.openAttemptId) restoreStatus(this.#options, row.openAttemptId, 'Normal');
      const free = page.rows.filter((row) => !row.openAttemptId && row.mayRun && !held.isResting(row.taskId, nowMs));
      const { early = [], ready = [] } = Object.groupBy(free, ({ isEarly }) => (isEarly ? 'early' : 'ready'));
      if (early.length > 0) await this.#delay(idsOf(early));
      if (ready.length > 0) return { taskIds: idsOf(ready), hasNext: page.next !== undefined };
      after = page.next;
    } while (after && term.canAct());
    return { taskIds: [], hasNext: false };
  }

  #read(after: NormalCursor | undefined, wait?: NormalWait): Promise<NormalPage> {
    return this.#options.store.listNormal(this.#options.pageSize, after, wait);
  }

  /** A term that takes no new work leaves the rest of the wait, and what may be found then, to nobody. */
  async #readAfter({ untilTickMs, intervalMs = longestWaitMs }: OwnWait, dueAtMs: number): Promise<NormalPage> {
    const { term } = this.#options;
    const looks = looksUntil(dueAtMs - nothingMs - performance.now() - untilTickMs, intervalMs);
    const reading = this.#read(undefined, { firstMs: untilTickMs, everyMs: intervalMs, looks });
    try {
      return await unlessAborted(reading, term.draining);
    } catch (error) {
      if (!term.draining.aborted || term.ended.aborted) throw error;
      return { rows: [], next: undefined };
    }
  }

  /** Their users want them later: among those that wait they cost the others nothing. */
  async #delay(taskIds: readonly string[]): Promise<void> {
    const { store, term } = this.#options;
    if (!term.canAct()) return;
    const result = await store.delay(term.epoch, taskIds);
    if (result === 'fenced') term.end('the database has a newer epoch');
  }
}

/** How often to look when there is so much time behind the first tick: as often as it takes to let it pass. */
function looksUntil(behindTickMs: number, intervalMs: number): number {
  const mayLook = Math.min(mostLooks, Math.floor(longestWaitMs / intervalMs));
  return Math.max(1, Math.min(mayLook, 1 + Math.ceil(behindTickMs / intervalMs)));
}

export function idsOf(rows: readonly { readonly taskId: string }[]): readonly string[] {
  return rows.map(({ taskId }) => taskId);
}
