import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Repetition, startRepeating } from '../../../src/scheduler/repeat.ts';
import { aHeldPass, aLog, aRepetition, aSchedule } from './a-repetition.ts';

describe('waking a repetition', () => {
  it('runs as soon as possible, once for many requests', async () => {
    const { clock, startsMs, repetition } = aRepetition('@every 1h', { firstPass: 'at the next tick' });
    await clock.advance(1_000);
    repetition.wake();
    repetition.wake();
    repetition.wake();
    await clock.advance(1_000);
    assert.deepEqual(startsMs, [1_000]);
  });

  it('makes one more pass right after the one that is running', async () => {
    const pass = aHeldPass();
    const { clock, startsMs, repetition } = aRepetition('@every 1h', { pass });
    await clock.advance(5);
    repetition.wake();
    repetition.wake();
    await clock.advance(5);
    assert.equal(pass.running, 1);
    pass.end();
    await clock.advance(5);
    pass.end();
    await clock.advance(5);
    assert.deepEqual(startsMs, [0, 10]);
  });

  it('lets others have their turn while a pass keeps waking itself', async () => {
    const selfWaking = { passes: 0, limit: Number.POSITIVE_INFINITY };
    const repetition: Repetition = startRepeating({
      name: 'example',
      schedule: aSchedule('@every 1h'),
      pass: {
        run: async () => {
          selfWaking.passes += 1;
          if (selfWaking.passes < selfWaking.limit) repetition.wake();
        },
      },
      log: aLog(),
      signal: new AbortController().signal,
    });
    // Only left when these timers have their turn between the passes.
    while (selfWaking.passes < 3) await sleep(1);
    selfWaking.limit = 0;
    await repetition.stop();
  });

  it('leaves the schedule as it was', async () => {
    const { clock, startsMs, repetition } = aRepetition('*/30 * * * * *');
    await clock.advance(29_000);
    repetition.wake();
    await clock.advance(31_000);
    assert.deepEqual(startsMs, [29_000, 30_000, 60_000]);
  });
});
