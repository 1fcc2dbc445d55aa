import type { Wait } from '../../executors/executor.ts';
import { capMessage } from '../../task/message.ts';
import type { LaunchPolicy } from '../../task/policy.ts';
import { type Reason, reasons } from '../../task/reasons.ts';
import { parseSpec } from '../../task/spec.ts';
import type { ClaimedTask } from '../../task/task.ts';
import { endAsDecided, startDeadlineMessage } from '../end-as-decided.ts';
import { type FollowedAttempt, noteJob, noteState } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';
import { Refusals } from './refusals.ts';

export interface LaunchRecordsOptions
  extends Pick<TermContext, 'attempts' | 'recorder' | 'conclusions' | 'store' | 'policy' | 'term' | 'log'> {
  /** After how long an attempt that cannot be launched fails. */
  readonly createDeadlineMs: number;
}

/** Has written what came of launching an attempt; each returns undefined, for there is nothing more to do with it now. */
export interface LaunchRecords {
  /** Whether rows are refused faster than that can be written, so that no more of them should be claimed for now. */
  isBehind(): boolean;
  launched(task: ClaimedTask, jobUid: string): undefined;
  rejected(task: ClaimedTask, rejection: { readonly reason: Reason; readonly message: string }): undefined;
  waits(task: ClaimedTask, wait: Wait): undefined;
  /** There is no Job, and there is to be none: the attempt ends as was decided, or its row is held. */
  withheld(task: ClaimedTask): Promise<undefined>;
}

export function createLaunchRecords(options: LaunchRecordsOptions): LaunchRecords {
  const { attempts, recorder, createDeadlineMs } = options;
  const refusals = new Refusals(recorder.ended);
  const records: LaunchRecords = {
    isBehind: () => refusals.areMany(),
    launched({ taskId, attemptId }, jobUid) {
      const attempt = attempts.get(attemptId);
      // The watch may have told of it first.
      recorder.created.add({ taskId, attemptId, jobUid: attempt ? noteJob(attempt, jobUid) : jobUid });
    },
    rejected({ taskId, attemptId }, { reason, message }) {
      const attempt = attempts.get(attemptId);
      if (attempt) attempts.forget(attempt);
      const end = { status: 'Failed', reason, message: capMessage(message), ...withoutJob } as const;
      recorder.ended.add({ taskId, attemptId, ...end });
      refusals.add(attemptId);
    },
    waits(task, wait) {
      const { taskId, attemptId, ageMs } = task;
      const attempt = attempts.get(attemptId);
      // One that is to have no Job fails for want of none.
      const isToStart = attempt?.ending === undefined && task.desired !== 'Suspend';
      if (isToStart && ageMs > createDeadlineMs) {
        const waitedFor = `no Job for ${Math.round(ageMs / 60_000)} min, last because of ${wait.reason}: ${wait.message}`;
        return records.rejected(task, { reason: 'CreateDeadline', message: waitedFor });
      }
      const message = capMessage(wait.message);
      if (attempt) noteState(attempt, { status: 'Pending', reason: wait.reason, message });
      const leftMs = isToStart ? startDeadlineMsOf(task, options.policy) - ageMs : Number.POSITIVE_INFINITY;
      if (attempt && leftMs <= 0) {
        options.conclusions.failed(attempt, {
          reason: 'StartDeadline',
          message: startDeadlineMessage(attempt),
          jobUid: undefined,
        });
        return;
      }
      const delayMs = Math.min(backOffMs(ageMs, wait), leftMs);
      recorder.waiting.add({ taskId, attemptId, reason: wait.reason, message, delayMs });
    },
    async withheld(task) {
      const attempt = attempts.get(task.attemptId);
      if (attempt?.ending !== undefined) endAsDecided(options, attempt);
      else if (attempt) await hold(options, attempt);
    },
  };
  return records;
}

const withoutJob = { jobUid: undefined, started: false } as const;

/** Held only by what the row says afterwards: its user may have let it go on, or holds it. */
async function hold({ store, term, recorder }: LaunchRecordsOptions, attempt: FollowedAttempt): Promise<void> {
  if (!term.canAct()) return;
  const { taskId, attemptId } = attempt;
  const written = await store.recordHeld(term.epoch, [{ taskId, attemptId }]);
  if (written.result === 'fenced') {
    term.end('the database has a newer epoch');
    return;
  }
  const row = await store.readOpen(taskId);
  if (row?.attemptId !== attemptId) return;
  if (row.status === 'Suspended') noteState(attempt, { ...heldState, message: reasons.Suspended });
  else recorder.released.add({ taskId, attemptId });
}

const heldState = { status: 'Suspended', reason: 'Suspended' } as const;

/** How long after its claim an attempt may wait for its pods to start, as its row says now; for ever unless it does. */
function startDeadlineMsOf({ info, infoBytes }: ClaimedTask, { maxima }: LaunchPolicy): number {
  const parsed = parseSpec(info, infoBytes);
  const asked = parsed.result === 'valid' ? parsed.spec.startDeadlineSeconds : undefined;
  const seconds = asked ?? maxima.startDeadlineSeconds;
  return seconds === undefined ? Number.POSITIVE_INFINITY : seconds * 1_000;
}

/** Half of the attempt's age so far: a back-off that doubles, and needs no counter that a crash would lose. */
function backOffMs(ageMs: number, { shortestMs, longestMs }: Wait): number {
  return Math.min(Math.max(ageMs / 2, shortestMs), longestMs) * (0.9 + Math.random() / 5);
}
