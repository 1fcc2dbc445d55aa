import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideRetry, maximumSetbacks, type RetryPolicy, retryPolicyOf } from '../../../src/task/retry-policy.ts';
import type { RetrySpec } from '../../../src/task/task-spec.ts';
import { retries } from './nearly-right-info.ts';

describe('whatever a retry says', () => {
  const policies: fc.Arbitrary<RetryPolicy> = retries().map((retry) => retryPolicyOf(retry as RetrySpec));
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const failures = fc.record({
    reason: fc.constantFrom('ExitCode', 'Evicted', 'ImagePull.Other', 'DeadlineExceeded', 'JobDeleted'),
    exitCode: fc.option(fc.nat(255), { nil: undefined }),
    hasStarted: fc.boolean(),
  });

  test('a pause is a whole number of milliseconds, within its maximum, and shorter by the jitter at most', () => {
    let retried = 0;
    const histories = fc.record({ tries: fc.nat(1_000), setbacks: fc.nat(maximumSetbacks) });
    fc.assert(
      fc.property(policies, histories, failures, random, (policy, history, failure, drawn) => {
        const decision = decideRetry(policy, history, failure, () => drawn);
        if (decision.decision === 'end') return;
        retried += 1;
        const { delayMs } = decision;
        const { initialSeconds, maximumSeconds, jitter } = policy.backOff;
        assert.ok(Number.isSafeInteger(delayMs), String(delayMs));
        assert.ok(delayMs <= maximumSeconds * 1_000 && delayMs >= Math.floor(initialSeconds * 1_000 * (1 - jitter)));
      }),
      { numRuns: 1_000 },
    );
    assert.ok(retried > 100, `only ${retried} were repeated`);
  });

  test('a task that fails and fails comes to an end, after as many tries and setbacks as it may have', () => {
    fc.assert(
      fc.property(policies, fc.infiniteStream(failures), (policy, stream) => {
        let tries = 0;
        let setbacks = 0;
        for (const failure of stream) {
          const decision = decideRetry(policy, { tries, setbacks }, failure, () => 0);
          if (decision.decision === 'end') break;
          if (decision.isTry) tries += 1;
          else setbacks += 1;
          assert.ok(tries < policy.maxAttempts && setbacks <= maximumSetbacks);
        }
      }),
      { numRuns: 300 },
    );
  });
});
