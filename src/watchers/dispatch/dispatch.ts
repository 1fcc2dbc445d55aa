import type { NormalCursor } from '../../store/task-store.ts';
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
    begin: (context, wake) => beginDispatch(options, context, wake),
  };
}

function beginDispatch(options: DispatchOptions, context: TermContext, wake: () => void): WatcherRun {
  const { term, attempts, store } = context;
  const launcher = new Launcher({ ...options, ...context });
  const held = new HeldRows();
  let dueAtMs = 0;
  let forgetAtMs = 0;

  /** The next rows that can be claimed: always from the start of the range, past those that are held. */
  async function nextPage(): Promise<readonly string[]> {
    const nowMs = performance.now();
    let after: NormalCursor | undefined;
    do {
      const page = await store.listNormal(pageSize, after);
      for (const row of page.rows) if (row.openAttemptId) restoreStatus(context, row.openAttemptId, 'Normal');
      const free = page.rows.filter((row) => !row.openAttemptId && !held.isResting(row.taskId, nowMs));
      if (free.length > 0) return free.map((row) => row.taskId);
      after = page.next;
    } while (after && term.canAct());
    return [];
  }

  async function claimNormal(): Promise<void> {
    const taskIds = await nextPage();
    if (taskIds.length === 0 || !term.canAct()) return;
    const claim = await store.claimNormal(term.epoch, taskIds, options.createLeaseMs);
    if (claim.result === 'fenced') {
      term.end('the database has a newer epoch');
      return;
    }
    const missed = new Set(taskIds);
    for (const task of claim.tasks) {
      missed.delete(task.taskId);
      held.release(task.taskId);
      attempts.follow(task);
    }
    const nowMs = performance.now();
    for (const taskId of missed) held.rest(taskId, nowMs);
    launcher.add(claim.tasks);
    // More may wait behind this page; the interval is only the longest pause.
    if (claim.tasks.length > 0) wake();
  }

  async function claimDue(): Promise<void> {
    const taskIds = await store.listDue(pageSize);
    if (taskIds.length === 0 || !term.canAct()) return;
    const claim = await store.claimDue(term.epoch, taskIds, options.createLeaseMs);
    if (claim.result === 'fenced') {
      term.end('the database has a newer epoch');
      return;
    }
    for (const task of claim.tasks) attempts.follow(task);
    launcher.add(claim.tasks);
  }

  return {
    async run() {
      const nowMs = performance.now();
      if (!term.canAct() || !launcher.hasRoom(pageSize)) return;
      if (nowMs >= dueAtMs) {
        dueAtMs = nowMs + dueIntervalMs;
        await claimDue();
      }
      if (nowMs >= forgetAtMs) {
        forgetAtMs = nowMs + forgetIntervalMs;
        held.forgetOld(nowMs);
      }
      if (term.canAct()) await claimNormal();
    },
    [Symbol.asyncDispose]: () => launcher[Symbol.asyncDispose](),
  };
}
