import { capMessage } from '../task/message.ts';
import { type FollowedAttempt, noteState } from './open-attempts.ts';
import type { TermContext } from './watcher.ts';

/** Has its row say something of an open attempt that changes nothing of where it stands, unless it says so already. */
export function tellInRow({ recorder }: Pick<TermContext, 'recorder'>, attempt: FollowedAttempt, words: string): void {
  const { taskId, attemptId, started, state } = attempt;
  const message = capMessage(words);
  if (state.message === message) return;
  noteState(attempt, { ...state, message });
  recorder.progress.add({ ...attempt.state, taskId, attemptId, started });
}
