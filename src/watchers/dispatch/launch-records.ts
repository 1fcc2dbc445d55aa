import type { Wait } from '../../executors/executor.ts';
import { capMessage } from '../../task/message.ts';
import type { Reason } from '../../task/reasons.ts';
import type { ClaimedTask } from '../../task/task.ts';
import { noteJob, noteState } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';

export interface LaunchRecordsOptions extends Pick<TermContext, 'attempts' | 'recorder'> {
  /** After how long an attempt that cannot be launched fails. */
  readonly createDeadlineMs: number;
}

/** Has written what came of launching an attempt; each returns undefined, for there is nothing more to do with it now. */
export interface LaunchRecords {
  launched(task: ClaimedTask, jobUid: string): undefined;
  rejected(task: ClaimedTask, rejection: { readonly reason: Reason; readonly message: string }): undefined;
  waits(task: ClaimedTask, wait: Wait): undefined;
}

export function createLaunchRecords({ attempts, recorder, createDeadlineMs }: LaunchRecordsOptions): LaunchRecords {
  const records: LaunchRecords = {
    launched({ taskId, attemptId }, jobUid) {
      const attempt = attempts.get(attemptId);
      // The watch may have told of it first.
      recorder.created.add({ taskId, attemptId, jobUid: attempt ? noteJob(attempt, jobUid) : jobUid });
    },
    rejected({ taskId, attemptId }, { reason, message }) {
      const attempt = attempts.get(attemptId);
      if (attempt) attempts.forget(attempt);
      const end = {
        status: 'Failed',
        reason,
        message: capMessage(message),
        jobUid: undefined,
        started: false,
      } as const;
      recorder.ended.add({ taskId, attemptId, ...end });
    },
    waits(task, wait) {
      const { taskId, attemptId, ageMs } = task;
      if (ageMs > createDeadlineMs) {
        const waitedFor = `no Job for ${Math.round(ageMs / 60_000)} min, last because of ${wait.reason}: ${wait.message}`;
        return records.rejected(task, { reason: 'CreateDeadline', message: waitedFor });
      }
      const message = capMessage(wait.message);
      const attempt = attempts.get(attemptId);
      if (attempt) noteState(attempt, { status: 'Pending', reason: wait.reason, message });
      recorder.waiting.add({ taskId, attemptId, reason: wait.reason, message, delayMs: backOffMs(ageMs, wait) });
    },
  };
  return records;
}

/** Half of the attempt's age so far: a back-off that doubles, and needs no counter that a crash would lose. */
function backOffMs(ageMs: number, { shortestMs, longestMs }: Wait): number {
  return Math.min(Math.max(ageMs / 2, shortestMs), longestMs) * (0.9 + Math.random() / 5);
}
