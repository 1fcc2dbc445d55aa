import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { aHeldPass, aRepetition } from './a-repetition.ts';

async function hasEnded(promise: Promise<void>): Promise<boolean> {
  let ended = false;
  const noted = promise.then(() => {
    ended = true;
  });
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  if (ended) await noted;
  return ended;
}

describe('stopping a repetition', () => {
  it('starts no further pass and leaves neither a timer nor a listener', async () => {
    const { clock, startsMs, abort, repetition } = aRepetition('@every 10ms');
    await clock.advance(15);
    await repetition.stop();
    assert.equal(clock.runningTimers, 0);
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
    repetition.wake();
    await clock.advance(100);
    assert.deepEqual(startsMs, [0, 10]);
  });

  it('waits for the pass that is running', async () => {
    const pass = aHeldPass();
    const { clock, repetition } = aRepetition('@every 10ms', { pass });
    await clock.advance(5);
    const stopped = repetition.stop();
    assert.equal(await hasEnded(stopped), false);
    pass.end();
    assert.equal(await hasEnded(stopped), true);
  });

  it('does not wait for the rest after a pass that failed meanwhile', async () => {
    let fail = (_error: Error): void => {};
    const pass = { run: () => new Promise<void>((_resolve, reject) => (fail = reject)) };
    const { clock, repetition } = aRepetition('@every 10ms', { pass });
    await clock.advance(5);
    const stopped = repetition.stop();
    fail(new Error('too late'));
    assert.equal(await hasEnded(stopped), true);
  });

  it('does not wait for a rest that has begun', async () => {
    const pass = { run: () => Promise.reject(new Error('failure')) };
    const { clock, repetition } = aRepetition('@every 10ms', { pass });
    await clock.advance(5);
    assert.equal(await hasEnded(repetition.stop()), true);
  });

  it('can be asked for twice', async () => {
    const { repetition } = aRepetition('@every 10ms');
    await Promise.all([repetition.stop(), repetition.stop()]);
    await repetition.stop();
  });

  it('before the first pass means that there is none', async () => {
    const { clock, startsMs, repetition } = aRepetition('@every 10ms');
    await repetition.stop();
    await clock.advance(50);
    assert.deepEqual(startsMs, []);
  });
});
