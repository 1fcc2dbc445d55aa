import { quoted } from '../task/message.ts';
import { reasons } from '../task/reasons.ts';
import type { OpenState } from '../task/task.ts';
import type { TermContext } from './watcher.ts';

/**
 * Puts the status of an open attempt back after its user wrote another one, and says so in the row.
 *
 * The attempt itself goes on: only an ended row starts anew by 'Normal'.
 */
export function restoreStatus(
  { attempts, recorder }: Pick<TermContext, 'attempts' | 'recorder'>,
  attemptId: string,
  found: string,
): void {
  const attempt = attempts.get(attemptId);
  // Not followed yet (this term has just begun) or already being written: the row is looked at again soon.
  if (!attempt || recorder.isPending(attemptId)) return;
  const { taskId, started, state } = attempt;
  recorder.progress.add({ ...putBack(state, found), taskId, attemptId, started });
}

/** The state with the reason why it had to be written again over what its user had written. */
export function putBack({ status }: OpenState, found: string): OpenState {
  const message = `status was set to ${quoted(found)} while the attempt is ${status}. ${reasons.StatusPutBack}`;
  return { status, reason: 'StatusPutBack', message };
}
