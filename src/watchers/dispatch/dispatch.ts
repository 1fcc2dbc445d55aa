import type { ClaimResult, NormalCursor } from '../../store/task-store.ts';
import { restoreStatus } from '../restore-status.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';
import { HeldRows } from './held-rows.ts';
import { Launcher } from './launcher.ts';

export interface DispatchOptions {
  readonly intervalMs: number;
  readonly createsInFlight: number;
  readonly createLeaseMs: number;
  readonly createDeadlineMs: number;
}

const pageSize = 500;
const dueIntervalMs = 250;
const forgetIntervalMs = 10_000;

/**
 * Turns Normal rows into Jobs.
 *
 * A pass takes a page of rows: it commits the intent, reads back what it got, and hands that to the launcher, which
 * creates the Jobs while the next page is taken. Rows whose wait is over are taken up again a few times a second.
 */
export function createDispatch(options: DispatchOptions): Watcher {
  return {
    name: 'dispatch',
    schedule: `@every ${options.intervalMs}ms`,
    begin: (context, wake) => new DispatchRun(options, context, wake),
  };
}

class DispatchRun implements WatcherRun {
  readonly #options: DispatchOptions;
  readonly #context: TermContext;
  readonly #launcher: Launcher;
  readonly #held = new HeldRows();
  readonly #wake: () => void;
  #dueAtMs = 0;
  #forgetAtMs = 0;

  constructor(options: DispatchOptions, context: TermContext, wake: () => void) {
    this.#options = options;
    this.#context = context;
    this.#launcher = new Launcher({ ...options, ...context });
    this.#wake = wake;
  }

  async run(): Promise<void> {
    const { term } = this.#context;
    const nowMs = performance.now();
    if (!term.canAct() || !this.#launcher.hasRoom(pageSize)) return;
    if (nowMs >= this.#dueAtMs) {
      this.#dueAtMs = nowMs + dueIntervalMs;
      await this.#claimDue();
    }
    if (nowMs >= this.#forgetAtMs) {
      this.#forgetAtMs = nowMs + forgetIntervalMs;
      this.#held.forgetOld(nowMs);
    }
    if (term.canAct()) await this.#claimNormal();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#launcher[Symbol.asyncDispose]();
  }

  async #claimNormal(): Promise<void> {
    const { store, term } = this.#context;
    const taskIds = await this.#nextPage();
    if (taskIds.length === 0 || !term.canAct()) return;
    const claim = await store.claimNormal(term.epoch, taskIds, this.#options.createLeaseMs);
    const claimed = this.#launch(claim);
    const nowMs = performance.now();
    for (const taskId of taskIds) {
      if (claimed.has(taskId)) this.#held.release(taskId);
      else this.#held.rest(taskId, nowMs);
    }
    // More may wait behind this page; the interval is only the longest pause.
    if (claimed.size > 0) this.#wake();
  }

  async #claimDue(): Promise<void> {
    const { store, term } = this.#context;
    const taskIds = await store.listDue(pageSize);
    if (taskIds.length > 0 && term.canAct()) {
      this.#launch(await store.claimDue(term.epoch, taskIds, this.#options.createLeaseMs));
    }
  }

  /** The next rows that can be claimed: always from the start of the range, past those that are held. */
  async #nextPage(): Promise<readonly string[]> {
    const { store, term } = this.#context;
    const nowMs = performance.now();
    let after: NormalCursor | undefined;
    do {
      const page = await store.listNormal(pageSize, after);
      for (const row of page.rows) if (row.openAttemptId) restoreStatus(this.#context, row.openAttemptId, 'Normal');
      const free = page.rows.filter((row) => !row.openAttemptId && !this.#held.isResting(row.taskId, nowMs));
      if (free.length > 0) return free.map((row) => row.taskId);
      after = page.next;
    } while (after && term.canAct());
    return [];
  }

  /** Follows and launches what was claimed; returns the ids. */
  #launch(claim: ClaimResult): ReadonlySet<string> {
    const { attempts, term } = this.#context;
    if (claim.result === 'fenced') {
      term.end('the database has a newer epoch');
      return new Set();
    }
    for (const task of claim.tasks) attempts.follow(task);
    this.#launcher.add(claim.tasks);
    return new Set(claim.tasks.map(({ taskId }) => taskId));
  }
}
