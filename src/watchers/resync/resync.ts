import type { OpenAttempt } from '../../task/task.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import { stateOfRow } from '../open-attempts.ts';
import { restoreStatus } from '../restore-status.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';
import { tellUnreachable, type UnreachableOptions } from './unreachable.ts';

const pageSize = 1_000;

/**
 * Compares all open rows with what this term follows.
 *
 * What users wrote over an open attempt is put back, what is open and not followed is taken up, and attempts whose row
 * has gone are let go: their Jobs are kept, for a restored database must not kill work.
 */
export function createResync(options: UnreachableOptions): Watcher {
  return {
    name: 'resync',
    schedule: '*/15 * * * * *',
    begin: (context) => beginResync(options, context),
  };
}

function beginResync(options: UnreachableOptions, context: TermContext): WatcherRun {
  const { store, attempts, recorder, term, log } = context;
  /** Followed in the last pass, but without a row then: a single read may miss a row that is moving through the index. */
  let rowless = new Set<string>();

  function compare(row: OpenAttempt, readAtMs: number): void {
    // What is being written, perhaps the attempt's end, the row cannot say yet.
    if (recorder.isPending(row.attemptId)) return;
    const attempt = attempts.get(row.attemptId) ?? attempts.follow(row, { ...row, state: stateOfRow(row) });
    const isSettled = attempt.stateSinceMs < readAtMs;
    if (isSettled && row.status !== attempt.state.status) restoreStatus(context, row.attemptId, row.status);
  }

  async function letGo(unseen: ReadonlyMap<string, FollowedAttempt>): Promise<void> {
    const again = [...unseen.values()].filter(({ attemptId }) => rowless.has(attemptId));
    rowless = new Set(unseen.keys());
    for (const attempt of again) {
      if (!term.canAct()) return;
      const row = await store.readOpen(attempt.taskId);
      if (row?.attemptId === attempt.attemptId) continue;
      attempts.abandon(attempt);
      log.warn(
        { task: attempt.taskId, namespace: attempt.namespace, job: attempt.jobName, uid: attempt.jobUid },
        'the row of an open attempt is gone, its job is kept',
      );
    }
  }

  return {
    async run() {
      const unseen = new Map([...attempts.values()].map((attempt) => [attempt.attemptId, attempt]));
      let after: string | undefined;
      do {
        if (!term.canAct()) return;
        const readAtMs = performance.now();
        const page = await store.listOpen(pageSize, after);
        for (const row of page.attempts) {
          unseen.delete(row.attemptId);
          compare(row, readAtMs);
        }
        after = page.next;
      } while (after !== undefined);
      await letGo(unseen);
      tellUnreachable(options, context);
    },
    async [Symbol.asyncDispose]() {},
  };
}
