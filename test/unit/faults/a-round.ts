import type { JudgedRound } from '../../faults/checker/judged-round.ts';
import type { AttemptChange, AttemptState } from '../../faults/history/attempt-history.ts';
import type { JobChange } from '../../faults/history/job-history.ts';
import type { RowChange, RowState } from '../../faults/history/row-history.ts';

const submitted: RowState = {
  name: 'a-task',
  namespace: 'demo',
  info: '1',
  priority: 0,
  user_id: '7',
  created_at: '2026-01-01T00:00:00.000000Z',
  not_before: null,
  desired: 'Run',
  status: 'Normal',
  reason: null,
  message: null,
  exit_code: null,
  ending: null,
  attempt: 0,
  row_key: null,
  attempt_id: null,
  job_namespace: null,
  job_name: null,
  job_uid: null,
  finished_at: null,
  epoch: 0,
};
const claimed: RowState = {
  ...submitted,
  status: 'Pending',
  attempt: 1,
  row_key: 'attempt-1',
  attempt_id: 'attempt-1',
  job_namespace: 'demo',
  job_name: 'a-task',
  epoch: 5,
};
const recorded: RowState = { ...claimed, job_uid: 'uid-1' };
const running: RowState = { ...recorded, status: 'Running' };
const succeeded: RowState = { ...running, status: 'Succeeded', finished_at: '2026-01-01T00:00:02.000000Z' };

const kept: AttemptState = {
  task_id: '1',
  job_uid: 'uid-1',
  status: 'Succeeded',
  reason: null,
  finished_at: '2026-01-01T00:00:02.000000Z',
  log: 0,
  log_due_at: '2026-01-01T00:00:02.000000Z',
  ending: null,
  epoch: 5,
};

/** The attempt that the row of a round has had, as it is kept at its end and once its log is stored. */
export const attemptStates = { kept, logged: { ...kept, log: 1, log_due_at: null } } as const;

/** The states that the row of a round goes through. */
export const rowStates = { submitted, claimed, recorded, running, succeeded } as const;

export function aRowChange(overrides: Partial<RowChange>): RowChange {
  return { seq: 100, atMs: 10_000, taskId: '1', by: 'nightwatch', ...overrides };
}

export function anAttemptChange(overrides: Partial<AttemptChange>): AttemptChange {
  return { seq: 100, atMs: 10_000, attemptId: 'attempt-1', by: 'nightwatch', ...overrides };
}

export function aJobChange(overrides: Partial<JobChange>): JobChange {
  const { atMs = 1_200 } = overrides;
  return {
    sentAtMs: atMs,
    atMs,
    kind: 'create',
    namespace: 'demo',
    name: 'a-task',
    uid: 'uid-1',
    installation: 'ours',
    attemptId: 'attempt-1',
    rowKey: 'attempt-1',
    taskId: '1',
    end: undefined,
    epoch: 5,
    ...overrides,
  };
}

/** A round in which one row was submitted, ran and succeeded, and nothing went wrong. */
export function aRound(overrides: Partial<JudgedRound> = {}): JudgedRound {
  return {
    leaders: [{ seq: 1, atMs: 0, epoch: 5, holder: 'replica-1/a-term' }],
    rows: [
      aRowChange({ seq: 2, atMs: 1_000, by: 'user', after: submitted }),
      aRowChange({ seq: 3, atMs: 1_100, before: submitted, after: claimed }),
      aRowChange({ seq: 4, atMs: 1_300, before: claimed, after: recorded }),
      aRowChange({ seq: 5, atMs: 1_500, before: recorded, after: running }),
      aRowChange({ seq: 7, atMs: 2_000, before: running, after: succeeded }),
    ],
    attempts: [
      anAttemptChange({ seq: 6, atMs: 1_990, after: kept }),
      anAttemptChange({ seq: 8, atMs: 2_100, before: kept, after: attemptStates.logged }),
    ],
    jobs: [aJobChange({}), aJobChange({ atMs: 1_900, kind: 'status', end: 'Complete', epoch: undefined })],
    remaining: [{ namespace: 'demo', name: 'a-task', uid: 'uid-1', installation: 'ours' }],
    installation: 'ours',
    expectations: [{ namespace: 'demo', name: 'a-task', status: 'Succeeded', isUntouched: true }],
    explained: new Set(),
    lastFaultAtMs: 500,
    bounds: { recoveryMs: 5_000, leftoverMs: 20_000, untouchedMs: 1_000 },
    ...overrides,
  };
}
