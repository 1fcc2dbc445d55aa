import type { Executor } from '../../executors/executor.ts';
import type { Attempt } from '../../task/task.ts';

export type OwnJobOutcome =
  | { readonly result: 'found'; readonly jobUid: string }
  | { readonly result: 'absent' }
  | { readonly result: 'unknown'; readonly detail: string; readonly pauseMs: number | undefined };

/**
 * Looks whether an attempt for which nothing is to be created has a Job all the same: its create may have come through.
 *
 * Whoever else has the name does not matter. In a namespace that may not be seen none could be created either; if there
 * is one after all, it is a leftover, or its row is found not to be held, as soon as it can be seen.
 */
export async function findOwnJob(
  executor: Executor,
  attempt: Attempt,
  installationId: string,
  signal: AbortSignal,
): Promise<OwnJobOutcome> {
  const found = await executor.find(attempt.namespace, attempt.jobName, signal);
  switch (found.result) {
    case 'missing':
      return { result: 'absent' };
    case 'found': {
      const { installation, attemptId } = found.job.labels;
      const isOwn = installation === installationId && attemptId === attempt.attemptId;
      return isOwn ? { result: 'found', jobUid: found.job.uid } : { result: 'absent' };
    }
    case 'unknown':
      if (found.reason === 'Forbidden') return { result: 'absent' };
      return { result: 'unknown', detail: found.detail, pauseMs: found.pauseMs };
    default:
      return found satisfies never;
  }
}
