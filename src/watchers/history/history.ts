import type { EndedRow, HistoryLimits } from '../../store/attempt-store.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';

export interface HistoryOptions {
  readonly history: HistoryLimits;
}

const pageSize = 200;

/**
 * Deletes rows that ended long ago, or before so many others, with all that is kept of their attempts.
 *
 * Nothing unless the operator sets a limit; never a row that is open, waits, or was submitted again, nor one whose Job is
 * still to be deleted: without its row nobody would know what that Job was.
 */
export function createHistory({ history }: HistoryOptions): Watcher {
  return {
    name: 'history',
    schedule: '@every 10m',
    begin: (context) => new HistoryRun(history, context),
  };
}

class HistoryRun implements WatcherRun {
  readonly #limits: HistoryLimits;
  readonly #context: TermContext;

  constructor(limits: HistoryLimits, context: TermContext) {
    this.#limits = limits;
    this.#context = context;
  }

  async run(): Promise<void> {
    const { store, term, log } = this.#context;
    const { keptSeconds, keptRows } = this.#limits;
    if ((keptSeconds === undefined && keptRows === undefined) || !term.canAct()) return;
    const until = await store.findHistoryEnd(this.#limits);
    if (until === undefined) return;
    let deleted = 0;
    let page: readonly EndedRow[] = [];
    do {
      page = await store.listHistory(until, pageSize, page.at(-1));
      if (!term.canAct() || term.draining.aborted) return;
      if ((await store.deleteHistory(term.epoch, page)) === 'fenced') {
        term.end('the database has a newer epoch');
        return;
      }
      deleted += page.length;
    } while (page.length === pageSize);
    if (deleted > 0) log.info({ rows: deleted, until }, 'deleted rows that ended long ago');
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
