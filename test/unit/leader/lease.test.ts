import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { leftMs, readClock } from '../../../src/leader/lease.ts';
import { LeaseClock } from '../../support/lease-clock.ts';

describe('what is left of a budget', () => {
  const since = { monotonicMs: 1_000, wallMs: 50_000 };
  const table = [
    { what: 'nothing has passed', monotonicMs: 0, wallMs: 0, left: 3_300 },
    { what: 'both clocks ran alike', monotonicMs: 300, wallMs: 300, left: 3_000 },
    { what: 'the wall clock ran faster', monotonicMs: 300, wallMs: 900, left: 2_400 },
    { what: 'the monotonic clock ran faster', monotonicMs: 900, wallMs: 300, left: 2_400 },
    { what: 'the wall clock was put back', monotonicMs: 300, wallMs: -3_600_000, left: 3_000 },
    { what: 'the wall clock was put forward', monotonicMs: 300, wallMs: 3_600_000, left: -3_596_700 },
    { what: 'the machine slept and its monotonic clock with it', monotonicMs: 0, wallMs: 60_000, left: -56_700 },
    { what: 'it is used up to the millisecond', monotonicMs: 3_300, wallMs: 3_300, left: 0 },
  ];
  for (const { what, monotonicMs, wallMs, left } of table) {
    it(`is ${left} ms of 3300 when ${what}`, () => {
      const now = { monotonicMs: since.monotonicMs + monotonicMs, wallMs: since.wallMs + wallMs };
      assert.equal(leftMs(3_300, since, now), left);
    });
  }

  const elapsed = fc.integer({ min: -1e9, max: 1e9 });
  it('counts whichever clock ran faster', () => {
    fc.assert(
      fc.property(fc.nat(100_000), elapsed, elapsed, (budgetMs, monotonicMs, wallMs) => {
        const now = { monotonicMs: since.monotonicMs + monotonicMs, wallMs: since.wallMs + wallMs };
        const left = leftMs(budgetMs, since, now);
        assert.ok(left <= budgetMs - monotonicMs && left <= budgetMs - wallMs);
        assert.ok(left === budgetMs - monotonicMs || left === budgetMs - wallMs);
      }),
    );
  });

  it('is never made longer by setting the wall clock, in whatever steps', () => {
    const event = fc.record({ passesMs: fc.nat(2_000), stepMs: fc.integer({ min: -10_000_000, max: 0 }) });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const clock = new LeaseClock();
        const begun = readClock(clock);
        let passedMs = 0;
        for (const { passesMs, stepMs } of events) {
          clock.advance(passesMs);
          clock.stepWall(stepMs);
          passedMs += passesMs;
          assert.ok(leftMs(3_300, begun, readClock(clock)) <= 3_300 - passedMs);
        }
      }),
    );
  });
});
