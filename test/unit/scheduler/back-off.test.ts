import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backOffMs } from '../../../src/scheduler/back-off.ts';

describe('backOffMs', () => {
  for (const [failures, expectedMs] of [
    [1, 100],
    [2, 200],
    [6, 3_200],
    [7, 5_000],
    [5_000, 5_000],
  ] as const) {
    it(`is ${expectedMs} ms after ${failures} failures, and never less than half of it`, () => {
      assert.equal(
        backOffMs(failures, () => 0),
        expectedMs,
      );
      const leastMs = backOffMs(failures, () => 0.999_999);
      assert.ok(leastMs >= expectedMs / 2 && leastMs < expectedMs);
    });
  }
});
