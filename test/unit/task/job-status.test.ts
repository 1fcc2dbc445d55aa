import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statusOfJob } from '../../../src/task/job-status.ts';
import type { JobView } from '../../../src/task/job-view.ts';
import { reasons } from '../../../src/task/reasons.ts';
import { aCondition, aJobView } from '../../support/builders.ts';

const complete = aCondition({ type: 'Complete' });
const failed = aCondition({ type: 'Failed', reason: 'BackoffLimitExceeded', message: 'too often' });

describe('a row says of its Job', () => {
  const cases: readonly (readonly [name: string, job: Partial<JobView>, startSeen: boolean, state: string])[] = [
    ['that is new', {}, false, 'Pending'],
    ['whose pods have not started', { active: 1 }, false, 'Pending(WaitingForPods)'],
    ['whose pod is ready', { active: 1, ready: 1 }, false, 'Running'],
    ['whose pod is started but not ready any more', { active: 1 }, true, 'Running'],
    ['whose pod is being replaced', {}, true, 'Running'],
    ['whose pod ended before it was seen ready', { succeeded: 1 }, false, 'Running'],
    ['of which one pod failed and another waits', { active: 1, failed: 1 }, false, 'Running'],
    ['that is held before any pod', { suspended: true, suspendedByUs: true }, false, 'Suspended(Suspended)'],
    ['that somebody else suspends', { suspended: true }, true, 'Pending(SuspendedElsewhere)'],
    ['that was held and is not any more', { suspendedByUs: true, active: 1 }, false, 'Pending(WaitingForPods)'],
    [
      'that is held while a pod still ends',
      { suspended: true, suspendedByUs: true, active: 1, ready: 1 },
      true,
      'Suspended(Suspended)',
    ],
    [
      'that is resumed, before the controller has noticed',
      { conditions: [aCondition({ type: 'Suspended' })] },
      false,
      'Pending',
    ],
    ['that has completed', { conditions: [complete], succeeded: 1 }, true, 'Succeeded'],
    ['that has completed without being seen to start', { conditions: [complete] }, false, 'Succeeded'],
    ['that has completed and is being deleted', { conditions: [complete], deleting: true }, true, 'Succeeded'],
    ['that has failed', { conditions: [failed] }, true, 'Failed(BackoffLimitExceeded)'],
    [
      'that has failed while it was suspended',
      { conditions: [failed], suspended: true },
      false,
      'Failed(BackoffLimitExceeded)',
    ],
    [
      'whose end is not True',
      { conditions: [aCondition({ type: 'Failed', status: 'False' }), aCondition({ status: 'Unknown' })] },
      false,
      'Pending',
    ],
  ];
  for (const [name, job, startSeen, state] of cases) {
    test(`${name}: ${state}`, () => {
      const { status, reason } = statusOfJob(aJobView(job), startSeen);
      assert.equal(reason === undefined ? status : `${status}(${reason})`, state);
    });
  }

  test('what to do while it waits', () => {
    assert.equal(statusOfJob(aJobView({ active: 1 }), false).message, reasons.WaitingForPods);
  });
});

describe('a failure', () => {
  for (const reason of [
    'BackoffLimitExceeded',
    'DeadlineExceeded',
    'PodFailurePolicy',
    'MaxFailedIndexesExceeded',
    'FailedIndexes',
  ]) {
    test(`keeps the Job controller's reason ${reason} and its message`, () => {
      const job = aJobView({ conditions: [aCondition({ type: 'Failed', reason, message: 'why' })] });
      assert.deepEqual(statusOfJob(job, true), { status: 'Failed', reason, message: 'why' });
    });
  }
  test('of a reason that is not in the vocabulary is JobFailed, with that reason in the message', () => {
    const job = aJobView({ conditions: [aCondition({ type: 'Failed', reason: 'NewReason', message: 'why' })] });
    assert.deepEqual(statusOfJob(job, true), { status: 'Failed', reason: 'JobFailed', message: 'NewReason: why' });
  });
  test('without reason or message is JobFailed', () => {
    const job = aJobView({ conditions: [aCondition({ type: 'Failed' })] });
    assert.deepEqual(statusOfJob(job, true), { status: 'Failed', reason: 'JobFailed', message: undefined });
  });
  test('with a novel for a message is cut to fit the row', () => {
    const job = aJobView({
      conditions: [aCondition({ type: 'Failed', reason: 'DeadlineExceeded', message: 'x'.repeat(5000) })],
    });
    assert.equal(statusOfJob(job, true).message?.length, 1000);
  });
});
