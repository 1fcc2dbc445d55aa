import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { aRepetition } from './a-repetition.ts';

describe('aborting the signal of a repetition', () => {
  it('reaches the running pass, whose error is then no failure, and ends the repetition', async () => {
    const pass = {
      run: (signal: AbortSignal) =>
        new Promise<void>((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        ),
    };
    const { clock, log, abort, repetition } = aRepetition('@every 10ms', { pass });
    await clock.advance(5);
    abort.abort();
    await repetition.stop();
    assert.deepEqual(
      log.lines.map((line) => line.level),
      ['debug'],
    );
    assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
  });

  it('ends a wait without a call of stop', async () => {
    const { clock, abort, startsMs } = aRepetition('@every 10ms');
    await clock.advance(5);
    abort.abort();
    await clock.advance(100);
    assert.deepEqual(startsMs, [0]);
    assert.equal(clock.runningTimers, 0);
  });

  it('before the start means that no pass runs', async () => {
    const { clock, startsMs, repetition } = aRepetition('@every 10ms', { signal: AbortSignal.abort() });
    await clock.advance(100);
    assert.deepEqual(startsMs, []);
    await repetition.stop();
  });

  it('has one listener however many passes there were', async () => {
    const { clock, abort, startsMs } = aRepetition('@every 1ms');
    await clock.advance(1_000);
    assert.ok(startsMs.length > 900);
    assert.equal(getEventListeners(abort.signal, 'abort').length, 1);
    assert.equal(clock.runningTimers, 1);
  });
});
