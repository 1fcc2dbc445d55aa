import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nextTickMs } from '../../../src/scheduler/ticks.ts';

describe('the ticks of an interval', () => {
  for (const [what, intervalMs, beganAtMs, nowMs, expected] of [
    ['is the next multiple', 250, 1_000.2, 1_003, 1_250],
    ['is another one than that at which it began', 10, 20, 20, 30],
    ['is another one than that for which it began a little early', 10, 19.3, 19.8, 30],
    ['is that for which it began too early by more', 10, 18.9, 19, 20],
    ['leaves out what has passed meanwhile', 10, 20, 57, 60],
    ['of a millisecond comes within the next two', 1, 5.2, 5.2, 6],
  ] as const) {
    it(what, () => assert.equal(nextTickMs(intervalMs, beganAtMs, nowMs), expected));
  }

  it('is always to come, within an interval, and a multiple of it', () => {
    const time = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400_000 }), time, time, (intervalMs, beganAtMs, tookMs) => {
        const nowMs = beganAtMs + tookMs;
        const tickMs = nextTickMs(intervalMs, beganAtMs, nowMs);
        assert.ok(tickMs > nowMs && tickMs <= nowMs + 2 * intervalMs, `${tickMs}`);
        assert.equal(tickMs % intervalMs, 0);
      }),
    );
  });
});
