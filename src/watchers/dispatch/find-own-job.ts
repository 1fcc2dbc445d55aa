import type { Executor, LookOutcome } from '../../executors/executor.ts';
import { jobNameFault, namespaceFault } from '../../task/names.ts';
import { isOfCluster } from '../../task/policy.ts';
import type { Attempt } from '../../task/task.ts';

/** Under a name that Kubernetes refuses, or in a namespace of the cluster itself, there is nothing to look for. */
export function canHaveJob({ jobName, namespace }: Attempt): boolean {
  return jobNameFault(jobName) === undefined && namespaceFault(namespace) === undefined && !isOfCluster(namespace);
}

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
): Promise<LookOutcome> {
  if (!canHaveJob(attempt)) return { result: 'absent' };
  const found = await executor.find(attempt.namespace, attempt.jobName, signal);
  switch (found.result) {
    case 'missing':
      return { result: 'absent' };
    case 'found': {
      const { uid: jobUid, labels } = found.job;
      const isOwn = labels.installation === installationId && labels.attemptId === attempt.attemptId;
      return isOwn ? { result: 'launched', jobUid, adopted: true } : { result: 'absent' };
    }
    case 'unknown': {
      if (found.reason === 'Forbidden') return { result: 'absent' };
      if (found.pauseMs !== undefined) return { result: 'throttled', pauseMs: found.pauseMs };
      const message = `whether there is a Job is not known: ${found.detail}`;
      const wait = { shortestMs: 1_000, longestMs: 60_000, scope: 'attempt' } as const;
      return { result: 'wait', reason: 'ApiUnavailable', message, ...wait };
    }
    default:
      return found satisfies never;
  }
}
