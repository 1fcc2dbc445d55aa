import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Concurrency } from '../../../src/watchers/dispatch/concurrency.ts';

function quick(concurrency: Concurrency, answers: number): void {
  for (let answer = 0; answer < answers; answer += 1) concurrency.answered(10, 0);
}

describe('the number of creates in flight', () => {
  it('begins at half of the most, at least 1', () => {
    assert.deepEqual(
      [1, 2, 3, 16].map((most) => new Concurrency(most).limit),
      [1, 1, 2, 8],
    );
  });

  it('grows by one after a full round of quick answers, up to the most', () => {
    const concurrency = new Concurrency(10);
    quick(concurrency, 4);
    assert.equal(concurrency.limit, 5);
    quick(concurrency, 1);
    assert.equal(concurrency.limit, 6);
    quick(concurrency, 1_000);
    assert.equal(concurrency.limit, 10);
  });

  it('is halved by strain, down to 1', () => {
    const concurrency = new Concurrency(16);
    const limits = [0, 1_000, 2_000, 3_000, 4_000].map((nowMs) => {
      concurrency.strained(nowMs);
      return concurrency.limit;
    });
    assert.deepEqual(limits, [4, 2, 1, 1, 1]);
  });

  it('is halved once for all that one round tells of the same strain', () => {
    const concurrency = new Concurrency(16);
    for (const nowMs of [5_000, 5_001, 5_500, 5_999]) concurrency.strained(nowMs);
    assert.equal(concurrency.limit, 4);
    concurrency.strained(6_000);
    assert.equal(concurrency.limit, 2);
  });

  it('takes an answer that was slow for strain', () => {
    const concurrency = new Concurrency(16);
    concurrency.answered(2_000, 0);
    assert.equal(concurrency.limit, 8);
    concurrency.answered(2_001, 0);
    assert.equal(concurrency.limit, 4);
  });

  it('counts the quick answers anew after strain', () => {
    const concurrency = new Concurrency(4);
    quick(concurrency, 1);
    concurrency.strained(0);
    assert.equal(concurrency.limit, 1);
    quick(concurrency, 1);
    assert.equal(concurrency.limit, 2);
    quick(concurrency, 1);
    assert.equal(concurrency.limit, 2);
  });

  it('is always between 1 and the most', () => {
    const event = fc.record({ isStrain: fc.boolean(), latencyMs: fc.nat(4_000), passesMs: fc.nat(2_000) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(event, { maxLength: 300 }), (most, events) => {
        const concurrency = new Concurrency(most);
        let nowMs = 0;
        for (const { isStrain, latencyMs, passesMs } of events) {
          nowMs += passesMs;
          if (isStrain) concurrency.strained(nowMs);
          else concurrency.answered(latencyMs, nowMs);
          assert.ok(concurrency.limit >= 1 && concurrency.limit <= most);
        }
      }),
    );
  });
});
