import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import process from 'node:process';
import { describe, it } from 'node:test';
import { TimeLimit } from '../../src/time-limit.ts';
import { mockTime } from '../support/mock-time.ts';

describe('a time limit', () => {
  it('aborts when the time is up, as a time-out', async (context) => {
    const time = mockTime(context);
    using limit = new TimeLimit(new AbortController().signal, 300);
    await time.advance(250);
    assert.equal(limit.signal.aborted, false);
    await time.advance(50);
    assert.equal(limit.signal.reason.name, 'TimeoutError');
    assert.match(limit.signal.reason.message, /300 ms/);
  });

  it("aborts with the other signal's reason as soon as that aborts, also when it had before", () => {
    const outer = new AbortController();
    using early = new TimeLimit(outer.signal, 60_000);
    outer.abort(new RangeError('over'));
    using late = new TimeLimit(outer.signal, 60_000);
    for (const { signal } of [early, late]) assert.throws(() => signal.throwIfAborted(), /over/);
  });

  it('leaves neither timer nor listener when it is disposed of, and aborts no more', async (context) => {
    const time = mockTime(context);
    const outer = new AbortController();
    const limit = new TimeLimit(outer.signal, 100);
    limit[Symbol.dispose]();
    await time.advance(200);
    outer.abort();
    assert.equal(limit.signal.aborted, false);
    assert.equal(getEventListeners(outer.signal, 'abort').length, 0);
  });

  it('keeps no process alive', () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    using _limit = new TimeLimit(new AbortController().signal, 60_000);
    assert.equal(timers(), before);
  });
});
