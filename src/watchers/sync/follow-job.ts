import { isEnd, statusOfJob } from '../../task/job-status.ts';
import { endedByDeletion, type JobView } from '../../task/job-view.ts';
import type { FollowedAttempt } from '../open-attempts.ts';
import { showState } from '../show-state.ts';
import type { TermContext } from '../watcher.ts';

/** Has written what the recorded Job of an attempt says now, if the row does not say it already. */
export function followJob(
  context: Pick<TermContext, 'recorder' | 'conclusions'>,
  attempt: FollowedAttempt,
  job: JobView,
): 'open' | 'ended' {
  attempt.orders = job.orders;
  const state = statusOfJob(hasNeverRun(attempt) ? { ...job, failed: 0 } : job, attempt.started);
  if (isEnd(state)) {
    // What ends because it is being deleted did not end by itself: its row says so once it is gone.
    if (attempt.ending !== undefined && endedByDeletion(job)) return 'open';
    context.conclusions.conclude(attempt, job, state);
    return 'ended';
  }
  // A suspended Job starts anew: its pods are gone.
  attempt.started = state.status === 'Running';
  attempt.jobState = state;
  showState(context, attempt);
  return 'open';
}

/** Whether its pods were seen, and no container of them: that such a pod has failed is no start. */
function hasNeverRun({ pods, containerStarted }: FollowedAttempt): boolean {
  return !containerStarted && (pods?.end?.started === false || (pods?.end === undefined && pods?.waited !== undefined));
}
