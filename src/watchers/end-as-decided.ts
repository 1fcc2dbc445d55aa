import { capMessage } from '../task/message.ts';
import { reasons } from '../task/reasons.ts';
import type { FollowedAttempt } from './open-attempts.ts';
import type { TermContext } from './watcher.ts';

/**
 * Ends an attempt that was being ended, now that its Job is gone, or that there never was one.
 *
 * As it was decided: nobody has deleted the Job behind nightwatch's back, so it is not JobDeleted.
 */
export function endAsDecided(
  { attempts, recorder, conclusions, log }: Pick<TermContext, 'attempts' | 'recorder' | 'conclusions' | 'log'>,
  attempt: FollowedAttempt,
): void {
  const { taskId, attemptId, namespace, jobName: job, jobUid, ending, started } = attempt;
  log.info({ task: taskId, namespace, job, uid: jobUid, ending }, 'an attempt was ended');
  switch (ending) {
    case 'StartDeadline':
      conclusions.failed(attempt, { reason: ending, message: startDeadlineMessage(attempt), jobUid });
      return;
    case 'Cancelled':
    case undefined: {
      attempts.forget(attempt);
      const end = { status: 'Cancelled', reason: 'Cancelled', message: reasons.Cancelled } as const;
      recorder.ended.add({ ...end, taskId, attemptId, jobUid, started });
      return;
    }
    default:
      ending satisfies never;
  }
}

/** Says what the attempt waited for last, which is what its user or an operator can remove. */
export function startDeadlineMessage({ state }: Pick<FollowedAttempt, 'state'>): string {
  const cause = [state.reason, state.message].filter((word) => word !== undefined).join(': ');
  return capMessage(cause === '' ? reasons.StartDeadline : `waited for ${cause} — ${reasons.StartDeadline}`);
}
