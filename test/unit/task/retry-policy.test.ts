import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decideRetry,
  type Failure,
  maximumSetbacks,
  type RetryDecision,
  type RetryHistory,
  retryPolicyOf,
} from '../../../src/task/retry-policy.ts';
import type { RetrySpec } from '../../../src/task/task-spec.ts';

const fresh: RetryHistory = { tries: 0, setbacks: 0 };
const exited: Failure = { reason: 'ExitCode', exitCode: 1, hasStarted: true };
const notStarted: Failure = { reason: 'ImagePull.Other', exitCode: undefined, hasStarted: false };
const noJitter = () => 0;

describe('a retry that leaves things out', () => {
  test('waits 10 s, doubling to 5 minutes, and repeats whatever failed', () => {
    assert.deepEqual(retryPolicyOf({ maxAttempts: 3 }), {
      maxAttempts: 3,
      backOff: { initialSeconds: 10, factor: 2, maximumSeconds: 300, jitter: 0.1 },
      on: ['Infrastructure', 'Application', 'Deadline'],
    });
  });
  for (const [given, initialSeconds, maximumSeconds] of [
    [{ initialSeconds: 600 }, 600, 600],
    [{ initialSeconds: 20 }, 20, 300],
    [{ maximumSeconds: 5 }, 5, 5],
    [{ maximumSeconds: 0 }, 0, 0],
    [{ initialSeconds: 0 }, 0, 300],
  ] as const) {
    test(`bends the default that does not fit beside ${JSON.stringify(given)}`, () => {
      const { backOff } = retryPolicyOf({ maxAttempts: 2, backOff: given });
      assert.deepEqual([backOff.initialSeconds, backOff.maximumSeconds], [initialSeconds, maximumSeconds]);
    });
  }
});

describe('a task that failed', () => {
  const cases: readonly (readonly [
    name: string,
    retry: RetrySpec | undefined,
    history: RetryHistory,
    failure: Failure,
    decision: RetryDecision,
  ])[] = [
    ['ends where no retry was asked for', undefined, fresh, exited, { decision: 'end', why: 'no retry' }],
    ['is repeated after the first pause', { maxAttempts: 2 }, fresh, exited, again(10_000)],
    [
      'ends with the last of its attempts',
      { maxAttempts: 2 },
      { tries: 1, setbacks: 0 },
      exited,
      { decision: 'end', why: 'tries used up' },
    ],
    ['ends with its only attempt', { maxAttempts: 1 }, fresh, exited, { decision: 'end', why: 'tries used up' }],
    ['waits longer each time', { maxAttempts: 9 }, { tries: 3, setbacks: 0 }, exited, again(80_000)],
    ['waits no longer than the maximum', { maxAttempts: 99 }, { tries: 50, setbacks: 0 }, exited, again(300_000)],
    [
      'does not wait where no pause was asked for',
      { maxAttempts: 999, backOff: { initialSeconds: 0, factor: 10 } },
      { tries: 900, setbacks: 0 },
      exited,
      again(0),
    ],
    [
      'is repeated without using up a try when its container never started',
      { maxAttempts: 1 },
      fresh,
      notStarted,
      { decision: 'retry', delayMs: 10_000, isTry: false },
    ],
    [
      'counts earlier setbacks for its pause, not for its tries',
      { maxAttempts: 2 },
      { tries: 0, setbacks: 2 },
      exited,
      again(40_000),
    ],
    [
      'ends after too many setbacks, with tries left',
      { maxAttempts: 99 },
      { tries: 0, setbacks: maximumSetbacks },
      notStarted,
      { decision: 'end', why: 'setbacks used up' },
    ],
    [
      'may still use a try after as many setbacks',
      { maxAttempts: 99 },
      { tries: 0, setbacks: maximumSetbacks },
      exited,
      again(300_000),
    ],
    [
      'ends for a reason that its retry does not name',
      { maxAttempts: 9, on: ['Infrastructure'] },
      fresh,
      exited,
      { decision: 'end', why: 'not covered' },
    ],
    [
      'ends for a reason that its retry does not name, also before its container started',
      { maxAttempts: 9, on: ['ExitCode'] },
      fresh,
      notStarted,
      { decision: 'end', why: 'not covered' },
    ],
    ['is repeated for its exit code', { maxAttempts: 9, on: [{ exitCodes: [75, 1] }] }, fresh, exited, again(10_000)],
    [
      'ends with another exit code',
      { maxAttempts: 9, on: [{ exitCodes: [75] }] },
      fresh,
      exited,
      { decision: 'end', why: 'not covered' },
    ],
    [
      'ends where the exit code that counts is not known',
      { maxAttempts: 9, on: [{ exitCodes: [1] }] },
      fresh,
      { ...exited, exitCode: undefined },
      { decision: 'end', why: 'not covered' },
    ],
    [
      'is not repeated unasked when its Job was deleted',
      { maxAttempts: 9 },
      fresh,
      { ...exited, reason: 'JobDeleted' },
      { decision: 'end', why: 'not covered' },
    ],
    [
      'is repeated when its Job was deleted, where its row says so',
      { maxAttempts: 9, on: ['JobDeleted'] },
      fresh,
      { ...exited, reason: 'JobDeleted' },
      again(10_000),
    ],
  ];
  for (const [name, retry, history, failure, decision] of cases) {
    test(name, () => {
      assert.deepEqual(decideRetry(retry && retryPolicyOf(retry), history, failure, noJitter), decision);
    });
  }

  test('waits a random part less, at most that of its jitter', () => {
    const policy = retryPolicyOf({ maxAttempts: 2, backOff: { initialSeconds: 100, jitter: 0.2 } });
    const delayAt = (random: number) => {
      const decision = decideRetry(policy, fresh, exited, () => random);
      return decision.decision === 'retry' ? decision.delayMs : undefined;
    };
    assert.deepEqual([0, 0.5, 0.999_999].map(delayAt), [100_000, 90_000, 80_000]);
  });
});

function again(delayMs: number): RetryDecision {
  return { decision: 'retry', delayMs, isTry: true };
}
