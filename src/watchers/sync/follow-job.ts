import { statusOfJob } from '../../task/job-status.ts';
import type { JobView } from '../../task/job-view.ts';
import type { OpenState } from '../../task/task.ts';
import { type FollowedAttempt, isFormerSystemsWord, isSameState, noteState } from '../open-attempts.ts';
import { putBack } from '../restore-status.ts';
import type { TermContext } from '../watcher.ts';

/** Has written what the recorded Job of an attempt says now, if the row does not say it already. */
export function followJob(
  { attempts, recorder }: Pick<TermContext, 'attempts' | 'recorder'>,
  attempt: FollowedAttempt,
  job: JobView,
): 'open' | 'ended' {
  const state = statusOfJob(job, attempt.started);
  const { taskId, attemptId } = attempt;
  switch (state.status) {
    case 'Succeeded':
    case 'Failed': {
      attempts.forget(attempt);
      const started = attempt.started || job.succeeded > 0 || job.failed > 0;
      recorder.ended.add({ ...state, taskId, attemptId, jobUid: job.uid, started });
      return 'ended';
    }
    case 'Pending':
    case 'Running':
    case 'Suspended':
      // A suspended Job starts anew: its pods are gone.
      attempt.started = state.status === 'Running';
      if (isSameState(state, attempt.state) && attempt.contradiction === undefined) return 'open';
      noteState(attempt, state);
      recorder.progress.add({ ...written(attempt, state), taskId, attemptId, started: attempt.started });
      return 'open';
    default:
      return state satisfies never;
  }
}

/** The first write after a takeover says so where it puts back what a user had written meanwhile. */
function written(attempt: FollowedAttempt, state: OpenState): OpenState {
  const { contradiction } = attempt;
  const isUsers = contradiction !== undefined && !isFormerSystemsWord(attempt, contradiction);
  attempt.contradiction = undefined;
  return isUsers ? putBack(state, contradiction) : state;
}
