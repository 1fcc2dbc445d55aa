import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideLaunch, type LaunchDecision } from '../../../src/task/decide-launch.ts';
import { type LaunchMaxima, noMaxima } from '../../../src/task/policy.ts';
import { aClaimedTask, aPolicy } from '../../support/builders.ts';

describe('a task that asks for more than it may', () => {
  for (const [maximum, path, asked] of [
    ['deadlineSeconds', 'deadlineSeconds', { deadlineSeconds: 6 }],
    ['startDeadlineSeconds', 'startDeadlineSeconds', { startDeadlineSeconds: 6 }],
    ['terminationGracePeriodSeconds', 'terminationGracePeriodSeconds', { terminationGracePeriodSeconds: 6 }],
    ['parallelism', 'parallelism', { parallelism: 6 }],
    ['attempts', 'retry.maxAttempts', { retry: { maxAttempts: 6 } }],
    ['ttlSecondsAfterFinished', 'ttlSecondsAfterFinished', { ttlSecondsAfterFinished: 6 }],
    ['logBytes', 'log.tailBytes', { log: { tailBytes: 6 } }],
  ] as const) {
    test(`by ${path} is rejected, and is launched at the maximum`, () => {
      assert.deepEqual(decided(asked, { [maximum]: 5 }), {
        decision: 'reject',
        reason: 'MaximumExceeded',
        message: `${path}: 6 is more than the maximum 5`,
      });
      assert.equal(decided(asked, { [maximum]: 6 }).decision, 'launch');
    });
  }

  test('is not one that wants no log, however little may be kept', () => {
    assert.equal(decided({ log: false }, { logBytes: 0 }).decision, 'launch');
  });
});

function decided(asked: object, maxima: Partial<LaunchMaxima>): LaunchDecision {
  const info = { image: 'x', ...asked };
  return decideLaunch(aClaimedTask({ info }), aPolicy({ maxima: { ...noMaxima, ...maxima } }));
}
