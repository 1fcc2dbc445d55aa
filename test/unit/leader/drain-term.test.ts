import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DrainError, drainTerm } from '../../../src/leader/drain-term.ts';
import { aLease, aTerm } from '../../support/a-term.ts';
import { LeaseClock } from '../../support/lease-clock.ts';
import { mockTime } from '../../support/mock-time.ts';

describe('draining a term', () => {
  it('lets what is in flight finish while the lease is renewed, and does not end the term', async () => {
    const term = await aTerm();
    term.drain();
    const work = Promise.withResolvers<void>();
    setTimeout(() => work.resolve(), 20);
    await drainTerm(term, work.promise);
    assert.equal(term.ended.aborted, false);
    term.end('over');
  });

  it('waits for what an ended term had begun, until HARD has passed', async () => {
    const term = await aTerm();
    term.end('the lock is lost');
    const work = Promise.withResolvers<void>();
    setTimeout(() => work.resolve(), 20);
    await drainTerm(term, work.promise);
    assert.equal(term.endReason, 'the lock is lost');
  });

  it('throws when what an ended term had begun has not ended by HARD', async () => {
    const term = await aTerm({ timings: aLease({ hardMs: 60 }) });
    term.end('the lock is lost');
    const startedAtMs = performance.now();
    await assert.rejects(drainTerm(term, new Promise(() => {})), DrainError);
    assert.ok(performance.now() - startedAtMs < 1_000);
  });

  it('throws at once when HARD has passed already, by the wall clock too', async () => {
    const clock = new LeaseClock();
    const term = await aTerm({ clock });
    clock.stepWall(aLease().hardMs);
    assert.equal(term.canAct(), false);
    await assert.rejects(drainTerm(term, new Promise(() => {})), DrainError);
  });

  it('ends a term whose work takes longer than anybody would wait, and gives that a last chance', async (context) => {
    const time = mockTime(context);
    const term = await aTerm();
    term.drain();
    const work = Promise.withResolvers<void>();
    term.ended.addEventListener('abort', () => work.resolve());
    const drained = drainTerm(term, work.promise);
    await time.advance(3_950);
    assert.equal(term.ended.aborted, false);
    await time.advance(50);
    await drained;
    assert.equal(term.endReason, 'draining took too long');
  });

  it('passes on that the work failed', async () => {
    const term = await aTerm();
    term.drain();
    const work = Promise.withResolvers<void>();
    setTimeout(() => work.reject(new RangeError('broken')), 10);
    await assert.rejects(drainTerm(term, work.promise), RangeError);
    term.end('over');
  });
});
