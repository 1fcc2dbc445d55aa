import { reasons } from '../task/reasons.ts';
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
  const { status } = attempt.state;
  const message = `status was set to '${found.slice(0, 45)}' while the attempt is ${status}: put back. ${reasons.StatusPutBack}`;
  recorder.progress.add({
    taskId: attempt.taskId,
    attemptId,
    status,
    reason: 'StatusPutBack',
    message,
    started: attempt.started,
  });
}
