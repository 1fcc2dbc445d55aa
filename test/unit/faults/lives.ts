import type { JudgedRound } from '../../faults/checker/judged-round.ts';
import type { RowState } from '../../faults/history/row-history.ts';
import { aJobChange, anAttemptChange, aRound, aRowChange, attemptStates, rowStates } from './a-round.ts';

const { submitted, claimed, running, succeeded } = rowStates;
const { kept, logged } = attemptStates;
const healthy = aRound();
const begun = healthy.rows.slice(0, 4);
const finished_at = '2026-01-01T00:00:02.000000Z';

const wanted: RowState = { ...running, desired: 'Cancel' };
const ending: RowState = { ...running, ending: 'Cancelled' };
const cancelled: RowState = { ...ending, status: 'Cancelled', reason: 'Cancelled', finished_at };

/** The states that the row of a life goes through. */
export const lifeStates = { wanted, ending, cancelled } as const;

/** Its user cancels a row that runs: intent, deletion, end. */
export function aCancelledLife(overrides: Partial<JudgedRound> = {}): JudgedRound {
  return aRound({
    rows: [
      ...begun,
      aRowChange({ seq: 6, atMs: 1_600, by: 'user', before: running, after: wanted }),
      aRowChange({ seq: 7, atMs: 1_700, before: wanted, after: ending }),
      aRowChange({ seq: 9, atMs: 2_000, before: ending, after: cancelled }),
    ],
    attempts: [anAttemptChange({ seq: 8, atMs: 1_990, after: { ...kept, status: 'Cancelled', reason: 'Cancelled' } })],
    jobs: [aJobChange({}), aJobChange({ kind: 'delete', atMs: 1_800 })],
    remaining: [],
    expectations: [{ namespace: 'demo', name: 'a-task', status: 'Cancelled', reason: 'Cancelled', attempts: 1 }],
    ...overrides,
  });
}

const failed: RowState = { ...running, status: 'Pending', reason: 'BackOff', finished_at };
const second = { attempt: 2, attempt_id: 'attempt-2', job_name: 'a-task-1-r2' } as const;
const claimedAgain: RowState = { ...claimed, ...second };
const succeededAgain: RowState = { ...succeeded, ...second, job_uid: 'uid-2' };
const secondJob = { uid: 'uid-2', name: 'a-task-1-r2', attemptId: 'attempt-2' };

/** Its first attempt fails, and `between` is what the row says until the second begins. */
export function aRepeatedLife(
  between: readonly RowState[] = [],
  first: RowState = failed,
  overrides: Partial<JudgedRound> = {},
): JudgedRound {
  const waits = [first, ...between];
  const isByUser = first.status === 'Failed';
  return aRound({
    rows: [
      ...begun,
      aRowChange({ seq: 7, atMs: 2_000, before: running, after: first }),
      ...between.map((after, index) =>
        aRowChange({ seq: 8 + index, atMs: 2_100, by: isByUser ? 'user' : 'nightwatch', before: waits[index], after }),
      ),
      aRowChange({ seq: 20, atMs: 2_200, before: waits.at(-1), after: claimedAgain }),
      aRowChange({ seq: 21, atMs: 2_300, before: claimedAgain, after: { ...claimedAgain, job_uid: 'uid-2' } }),
      aRowChange({ seq: 23, atMs: 2_900, before: { ...claimedAgain, job_uid: 'uid-2' }, after: succeededAgain }),
    ],
    attempts: [
      anAttemptChange({ seq: 6, atMs: 1_990, after: { ...kept, status: 'Failed', reason: 'ExitCode' } }),
      anAttemptChange({ seq: 22, atMs: 2_890, attemptId: 'attempt-2', after: { ...kept, job_uid: 'uid-2' } }),
    ],
    jobs: [
      aJobChange({}),
      aJobChange({ atMs: 1_900, kind: 'status', end: 'Failed', epoch: undefined }),
      aJobChange({ ...secondJob, atMs: 2_250 }),
      aJobChange({ ...secondJob, atMs: 2_800, kind: 'status', end: 'Complete', epoch: undefined }),
    ],
    remaining: [...healthy.remaining, { namespace: 'demo', name: 'a-task-1-r2', uid: 'uid-2', installation: 'ours' }],
    expectations: [{ namespace: 'demo', name: 'a-task', status: 'Succeeded', attempts: 2 }],
    ...overrides,
  });
}

/** It fails, and its user writes Normal. */
export function aResubmittedLife(): JudgedRound {
  const ended: RowState = { ...running, status: 'Failed', reason: 'ExitCode', finished_at };
  return aRepeatedLife([{ ...ended, status: 'Normal' }], ended);
}

/** It succeeds, its log is stored, and then its Job is cleaned up. */
export function aCleanedLife(overrides: Partial<JudgedRound> = {}): JudgedRound {
  const cleaning = { ...logged, ending: 'CleanUp' };
  return aRound({
    attempts: [...healthy.attempts, anAttemptChange({ seq: 9, atMs: 3_000, before: logged, after: cleaning })],
    jobs: [...healthy.jobs, aJobChange({ kind: 'delete', atMs: 3_100 })],
    remaining: [],
    ...overrides,
  });
}

/** Its Job cannot be created until its pods are to have started. */
export function aLifeWithoutJob(): JudgedRound {
  const late: RowState = { ...claimed, status: 'Failed', reason: 'StartDeadline', finished_at };
  return aRound({
    rows: [...healthy.rows.slice(0, 2), aRowChange({ seq: 7, atMs: 2_000, before: claimed, after: late })],
    attempts: [anAttemptChange({ seq: 6, atMs: 1_990, after: { ...kept, status: 'Failed', job_uid: null } })],
    jobs: [],
    remaining: [],
    expectations: [{ namespace: 'demo', name: 'a-task', status: 'Failed', reason: 'StartDeadline', attempts: 1 }],
  });
}

/** What a row says that waits for its second attempt. */
export const waiting = failed;
export const held: RowState = { ...failed, status: 'Suspended', reason: 'Suspended' };
export const unstarted: RowState = { ...submitted, desired: 'Suspend' };
