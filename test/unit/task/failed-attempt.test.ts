import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureOf } from '../../../src/task/failed-attempt.ts';
import type { EndState } from '../../../src/task/job-status.ts';
import { endOfPods } from '../../../src/task/pod-note.ts';
import type { Reason } from '../../../src/task/reasons.ts';
import { anEndedPod } from '../../support/builders.ts';

const failed = (reason: Reason, message = 'the Job says so'): EndState => ({ status: 'Failed', reason, message });
const exited = { waited: undefined, end: endOfPods([anEndedPod(3)]) };

describe('an attempt whose Job failed', () => {
  test('for too many failures says what its pods say, and then what its Job says', () => {
    assert.deepEqual(failureOf(failed('BackoffLimitExceeded'), exited), {
      reason: 'ExitCode',
      message: 'exit code 3; the Job says so',
      exitCode: 3,
    });
  });

  for (const reason of ['DeadlineExceeded', 'PodFailurePolicy', 'FailedIndexes', 'JobFailed'] as const) {
    test(`as ${reason} keeps that, with what its pods say behind it`, () => {
      const message = 'the Job says so; exit code 3';
      assert.deepEqual(failureOf(failed(reason), exited), { reason, message, exitCode: 3 });
    });
  }

  test('of whose pods nothing is known says what its Job says', () => {
    const expected = { reason: 'BackoffLimitExceeded', message: 'the Job says so', exitCode: undefined };
    assert.deepEqual(failureOf(failed('BackoffLimitExceeded'), undefined), expected);
  });

  test('has no exit code of a pod that succeeded', () => {
    const succeeded = { waited: undefined, end: endOfPods([anEndedPod(0)]) };
    assert.equal(failureOf(failed('DeadlineExceeded'), succeeded).exitCode, undefined);
  });

  test('while its pod waited says for what', () => {
    const waited = { reason: 'ImagePull.NotFound', message: 'no such tag' } as const;
    const { reason, message } = failureOf(failed('DeadlineExceeded'), { waited, end: undefined });
    assert.equal(reason, 'DeadlineExceeded');
    assert.equal(message, 'the Job says so; the pod waited: ImagePull.NotFound: no such tag');
  });
});
