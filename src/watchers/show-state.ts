import { stateWithPods } from '../task/state-with-pods.ts';
import type { OpenState } from '../task/task.ts';
import { type FollowedAttempt, isFormerSystemsWord, isSameState, noteState } from './open-attempts.ts';
import type { Recorder } from './recorder.ts';
import { putBack } from './restore-status.ts';

/** Has written what is known of an open attempt, if its row does not say it already. */
export function showState({ recorder }: { readonly recorder: Recorder }, attempt: FollowedAttempt): void {
  // Of a Job that was not seen yet only its row is known.
  if (attempt.jobState === undefined) return;
  // Of one that is being ended the row says that until it has.
  if (attempt.ending !== undefined) return;
  const state = stateWithPods(attempt.jobState, attempt.pods);
  if (isSameState(state, attempt.state) && attempt.contradiction === undefined) return;
  noteState(attempt, state);
  const { taskId, attemptId, started } = attempt;
  recorder.progress.add({ ...written(attempt, state), taskId, attemptId, started });
}

/** The first write after a takeover says so where it puts back what a user had written meanwhile. */
function written(attempt: FollowedAttempt, state: OpenState): OpenState {
  const { contradiction } = attempt;
  const isUsers = contradiction !== undefined && !isFormerSystemsWord(attempt, contradiction);
  attempt.contradiction = undefined;
  return isUsers ? putBack(state, contradiction) : state;
}
