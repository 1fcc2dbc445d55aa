import { hasEnded } from '../../task/job-view.ts';
import type { Attempt } from '../../task/task.ts';
import type { FindOutcome, LaunchOutcome, LookOutcome, Wait } from '../executor.ts';

/**
 * What the object that has the attempt's name means for it, after a create whose outcome is not certain.
 *
 * `otherwise` is what the create's own answer asks for when nothing has the name.
 */
export function decideExisting<Otherwise extends LookOutcome>(
  attempt: Attempt,
  installationId: string,
  found: FindOutcome,
  otherwise: Otherwise,
): LaunchOutcome | Otherwise {
  if (found.result === 'unknown' && found.pauseMs !== undefined) return { result: 'throttled', pauseMs: found.pauseMs };
  if (found.result === 'unknown')
    // A look passes no admission webhook: where it fails, it is the server that does.
    return found.reason === 'Forbidden' ? forbidden(attempt, found.detail) : unavailable(found.detail, 'server');
  if (found.result === 'missing') return otherwise;
  const { job } = found;
  const name = `${job.namespace}/${job.name}`;
  if (job.labels.installation !== installationId) {
    return {
      result: 'reject',
      reason: 'NameConflict',
      message: `there is a Job ${name} that is not nightwatch's (uid ${job.uid}): it was left as it is; choose another name, or remove it and set status to 'Normal'`,
    };
  }
  if (job.labels.attemptId === attempt.attemptId) {
    if (!job.deleting) return { result: 'launched', jobUid: job.uid, adopted: true };
    return taken(`the Job ${name} of this attempt is being deleted; it is created again once that one is gone`);
  }
  if (job.deleting) return taken(`an earlier Job ${name} is being deleted; this one is created once that one is gone`);
  if (!hasEnded(job))
    return taken(`an earlier Job ${name} (uid ${job.uid}) still runs; this one is created once that one has ended`);
  return { result: 'occupied', by: job };
}

export function unavailable(detail: string, scope: Wait['scope']): Wait {
  return {
    result: 'wait',
    reason: 'ApiUnavailable',
    message: detail,
    shortestMs: 1_000,
    longestMs: 60_000,
    scope,
  };
}

/** With rights in single namespaces, a namespace that does not exist is forbidden too. */
export function forbidden({ namespace }: Attempt, detail: string): Wait {
  const message = `${detail} (does the namespace '${namespace}' exist, and has nightwatch its Role there?)`;
  return { result: 'wait', reason: 'Forbidden', message, shortestMs: 5_000, longestMs: 60_000, scope: 'namespace' };
}

export function taken(message: string): Wait {
  return { result: 'wait', reason: 'NameConflict', message, shortestMs: 1_000, longestMs: 30_000, scope: 'attempt' };
}
