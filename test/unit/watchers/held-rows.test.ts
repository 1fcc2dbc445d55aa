import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeldRows } from '../../../src/watchers/dispatch/held-rows.ts';

/** How long a row rests from `nowMs` on. */
function restMs(held: HeldRows, taskId: string, nowMs: number): number {
  let restedMs = 0;
  while (held.isResting(taskId, nowMs + restedMs)) restedMs += 1;
  return restedMs;
}

describe('rows that a claim passed over', () => {
  it('rest for 50 ms, doubled each time, 5 s at most', () => {
    const held = new HeldRows();
    let nowMs = 1_000;
    const restsMs = Array.from({ length: 10 }, () => {
      held.rest('1', nowMs);
      const rest = restMs(held, '1', nowMs);
      nowMs += rest;
      return rest;
    });
    assert.deepEqual(restsMs, [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  });

  it('rest each for itself', () => {
    const held = new HeldRows();
    held.rest('1', 0);
    assert.deepEqual([held.isResting('1', 10), held.isResting('2', 10)], [true, false]);
  });

  it('begin anew after they were claimed', () => {
    const held = new HeldRows();
    for (const nowMs of [0, 50, 150]) held.rest('1', nowMs);
    held.release('1');
    assert.equal(held.isResting('1', 151), false);
    held.rest('1', 1_000);
    assert.equal(restMs(held, '1', 1_000), 50);
  });

  it('are forgotten when nobody has asked for them for half a minute', () => {
    const held = new HeldRows();
    held.rest('1', 0);
    held.forgetOld(30_000);
    held.rest('1', 30_000);
    assert.equal(restMs(held, '1', 30_000), 100);
    held.forgetOld(90_000);
    held.rest('1', 90_000);
    assert.equal(restMs(held, '1', 90_000), 50);
  });
});
