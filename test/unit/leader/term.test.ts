import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { LeaseTimings } from '../../../src/leader/lease.ts';
import { aLease, aTerm } from '../../support/a-term.ts';
import { LeaseClock } from '../../support/lease-clock.ts';
import { MemoryLock } from '../../support/memory-lock.ts';
import { mockTime, turn } from '../../support/mock-time.ts';

const timings: LeaseTimings = aLease({ ttlMs: 5_000, renewMs: 1_000, workMs: 3_300, hardMs: 4_400 });

/** A term of which both clocks and all timers are the test's own. */
async function aTimedTerm(context: TestContext) {
  const time = mockTime(context);
  const clock = new LeaseClock();
  const memoryLock = new MemoryLock('nightwatch', clock);
  const term = await aTerm({ memoryLock, clock, timings });
  const advance = async (durationMs: number, stepMs = 50) => {
    for (let passedMs = 0; passedMs < durationMs; passedMs += stepMs) {
      clock.advance(stepMs);
      await time.advance(stepMs);
    }
  };
  return { term, clock, memoryLock, advance };
}

describe('a term', () => {
  it('may act from its beginning, with the whole of WORK and HARD left', async (context) => {
    const { term } = await aTimedTerm(context);
    assert.equal(term.canAct(), true);
    assert.deepEqual([term.leftMs(), term.hardLeftMs(), term.lastRenewal], [3_300, 4_400, 'acquired']);
    assert.equal(term.draining.aborted || term.ended.aborted, false);
  });

  it('goes on for as long as its lock is renewed', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    await advance(60_000);
    assert.equal(term.canAct(), true);
    assert.equal(term.lastRenewal, 'renewed');
    assert.ok(memoryLock.renewals >= 55, `${memoryLock.renewals} renewals`);
  });

  it('counts from the moment before a renewal was sent, however late its answer is', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    const answer = Promise.withResolvers<{ result: 'renewed' }>();
    memoryLock.onRenew = () => answer.promise;
    await advance(1_000);
    await advance(500);
    answer.resolve({ result: 'renewed' });
    await turn();
    assert.equal(term.leftMs(), 3_300 - 500);
  });

  it('tries again every half second after a failed renewal, one at a time, and ends when WORK is used up', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    memoryLock.onRenew = () => ({ result: 'failed', detail: 'no majority' });
    await advance(3_250);
    assert.equal(term.canAct(), true);
    assert.equal(memoryLock.renewals, 5);
    assert.equal(term.lastRenewal, 'failed: no majority');
    await advance(50);
    assert.equal(term.ended.aborted, true);
    assert.match(String(term.endReason), /lease ran out/);
    await advance(5_000);
    assert.equal(memoryLock.renewals, 5);
  });

  it('lasts on when a renewal succeeds after failed ones', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    memoryLock.onRenew = () => (memoryLock.renewals < 4 ? { result: 'failed', detail: 'slow' } : { result: 'renewed' });
    await advance(10_000);
    assert.equal(term.canAct(), true);
  });

  it('ends at once when its lock is lost', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    memoryLock.onRenew = () => ({ result: 'lost', detail: 'the key is gone' });
    await advance(1_000);
    assert.equal(term.ended.aborted && term.draining.aborted, true);
    assert.match(String(term.endReason), /the key is gone/);
  });

  it('may not act once WORK has passed, though no timer has fired', async (context) => {
    const { term, clock } = await aTimedTerm(context);
    clock.advance(3_299);
    assert.equal(term.canAct(), true);
    clock.advance(1);
    assert.equal(term.canAct(), false);
    assert.equal(term.ended.aborted, true);
  });

  it('may not act after the wall clock alone ran past WORK, as it does when the machine was asleep', async (context) => {
    const { term, clock } = await aTimedTerm(context);
    clock.stepWall(3_300);
    assert.equal(term.canAct(), false);
  });

  it('is not lengthened by a wall clock that is put back', async (context) => {
    const { term, clock } = await aTimedTerm(context);
    clock.stepWall(-3_600_000);
    clock.advance(3_300);
    assert.equal(term.canAct(), false);
  });

  it('does not come to life again by a renewal that succeeds after its end', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    const answer = Promise.withResolvers<{ result: 'renewed' }>();
    memoryLock.onRenew = () => answer.promise;
    await advance(3_300);
    assert.equal(term.ended.aborted, true);
    const hardLeftMs = term.hardLeftMs();
    answer.resolve({ result: 'renewed' });
    await turn();
    assert.equal(term.hardLeftMs(), hardLeftMs, 'nor is what is left to drain in');
    await advance(2_000);
    assert.equal(term.canAct(), false);
    assert.equal(memoryLock.renewals, 1);
  });

  it('is renewed while it drains, and takes no new work', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    term.drain();
    await advance(8_000);
    assert.equal(term.draining.aborted, true);
    assert.equal(term.canAct(), true);
    assert.ok(memoryLock.renewals >= 7);
  });

  it('keeps the first reason of its end', async (context) => {
    const { term } = await aTimedTerm(context);
    term.end('first');
    term.end('second');
    term.giveUp('third');
    assert.equal(term.endReason, 'first');
    assert.equal(term.wasGivenUp, false);
  });

  it('says that it was given up when it was', async (context) => {
    const { term } = await aTimedTerm(context);
    term.giveUp('of no use');
    assert.deepEqual([term.wasGivenUp, term.endReason, term.canAct()], [true, 'of no use', false]);
  });

  it('gives its lock back only after a renewal that is under way has ended', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    const answer = Promise.withResolvers<{ result: 'renewed' }>();
    memoryLock.onRenew = () => answer.promise;
    await advance(1_000);
    const released = term.release();
    await turn();
    assert.equal(memoryLock.isHeld, true);
    assert.equal(term.canAct(), false);
    answer.resolve({ result: 'renewed' });
    await released;
    assert.equal(memoryLock.isHeld, false);
  });

  it('leaves no timer behind when it ends', async (context) => {
    const { term, memoryLock, advance } = await aTimedTerm(context);
    term.end('over');
    await advance(20_000);
    assert.equal(memoryLock.renewals, 0);
  });
});
