import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Repetition, startRepeating } from '../../../src/scheduler/repeat.ts';
import { aHeldPass, aLog, aRepetition, aSchedule } from './a-repetition.ts';

describe('startRepeating by an interval', () => {
  it('runs at once, and then at the multiples of its interval', async () => {
    const { clock, startsMs } = aRepetition('@every 10ms');
    await clock.advance(35);
    assert.deepEqual(startsMs, [0, 10, 20, 30]);
  });

  it('waits for the first tick when that is wanted', async () => {
    const { clock, startsMs } = aRepetition('@every 10ms', { firstPass: 'at the next tick' });
    await clock.advance(25);
    assert.deepEqual(startsMs, [10, 20]);
  });

  it('starts nothing before the caller has gone on', () => {
    const { startsMs } = aRepetition('@every 10ms');
    assert.deepEqual(startsMs, []);
  });

  it('never runs two passes at once, and leaves out the ticks of a long one', async () => {
    const pass = aHeldPass();
    const { clock, startsMs } = aRepetition('@every 10ms', { pass });
    await clock.advance(34);
    assert.equal(pass.running, 1);
    pass.end();
    await clock.advance(20);
    assert.deepEqual(startsMs, [0, 40]);
  });

  it('runs once after a standstill, and not once for each tick that was missed', async () => {
    const { clock, startsMs } = aRepetition('@every 10ms');
    await clock.advance(15);
    clock.freeze(60_000);
    await clock.advance(20);
    assert.deepEqual(startsMs, [0, 10, 60_015, 60_020, 60_030]);
  });

  it('keeps an interval that is longer than a timer of Node can be', async () => {
    const { clock, startsMs } = aRepetition('@every 30d', { firstPass: 'at the next tick' });
    await clock.advance(30 * 86_400_000 - 1);
    assert.deepEqual(startsMs, []);
    await clock.advance(1);
    assert.equal(startsMs.length, 1);
  });

  it('is not disturbed when the calendar is set', async () => {
    const { clock, startsMs } = aRepetition('@every 10s');
    await clock.advance(5_000);
    clock.setCalendar('2020-01-01T00:00:00Z');
    await clock.advance(10_000);
    assert.deepEqual(startsMs, [0, 10_000]);
  });

  it('runs about a hundred times a second on the real clock', async () => {
    let passes = 0;
    const startedAtMs = performance.now();
    await using repetition: Repetition = startRepeating({
      name: 'example',
      schedule: aSchedule('@every 10ms'),
      pass: { run: async () => void passes++ },
      log: aLog(),
      signal: new AbortController().signal,
    });
    await sleep(100);
    await repetition.stop();
    const elapsedMs = performance.now() - startedAtMs;
    // At most that often by design; how much less depends on how busy the machine is.
    assert.ok(passes >= 2 && passes <= 1 + Math.ceil(elapsedMs / 10), `${passes} passes in ${elapsedMs} ms`);
  });
});
