import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OwnWait } from '../../../src/scheduler/pass.ts';
import { aRepetition } from './a-repetition.ts';

/** A repetition of a pass that waits by itself; notes how long it was to wait, and when it looked. */
function aWaitingRepetition(scheduleText: string, waitsItself = true) {
  const waitsMs: number[] = [];
  const looksMs: number[] = [];
  const intervalsMs = new Set<number | undefined>();
  const pass = {
    waitsItself,
    async run(_signal: AbortSignal, wait?: OwnWait) {
      const waitMs = wait?.untilTickMs ?? 0;
      waitsMs.push(waitMs);
      if (wait) intervalsMs.add(wait.intervalMs);
      if (waitMs > 0) await new Promise<void>((resolve) => test.clock.startTimer(waitMs, resolve));
      looksMs.push(test.clock.monotonicMs());
    },
  };
  const test = aRepetition(scheduleText, { pass });
  return { ...test, waitsMs, looksMs, intervalsMs };
}

describe('a pass that waits by itself', () => {
  it('is begun as soon as the one before has ended, and looks at the ticks', async () => {
    const { clock, waitsMs, looksMs, startsMs } = aWaitingRepetition('@every 10ms');
    await clock.advance(35);
    assert.deepEqual(startsMs, [0, 0, 10, 20, 30]);
    assert.deepEqual(waitsMs, [0, 10, 10, 10, 10]);
    assert.deepEqual(looksMs, [0, 10, 20, 30]);
  });

  it('is told how far its ticks are apart, where it has an interval', async () => {
    const often = aWaitingRepetition('@every 15ms');
    await often.clock.advance(50);
    assert.deepEqual([...often.intervalsMs], [15]);
    const byCalendar = aWaitingRepetition('* * * * * *');
    await byCalendar.clock.advance(3_000);
    assert.ok(byCalendar.looksMs.length >= 2);
    assert.deepEqual(
      [...byCalendar.intervalsMs].filter((intervalMs) => intervalMs !== undefined),
      [],
    );
  });

  it('is left no long wait, which a wake-up or a stop would have to wait for', async () => {
    const { clock, waitsMs, looksMs } = aWaitingRepetition('@every 1s');
    await clock.advance(2_500);
    assert.deepEqual(waitsMs, [0, 0, 0]);
    assert.deepEqual(looksMs, [0, 1_000, 2_000]);
  });

  it('is left none while it does not', async () => {
    const { clock, waitsMs, looksMs } = aWaitingRepetition('@every 10ms', false);
    await clock.advance(25);
    assert.deepEqual(waitsMs, [0, 0, 0]);
    assert.deepEqual(looksMs, [0, 10, 20]);
  });

  it('is followed at once, without a wait, by the one that was asked for meanwhile', async () => {
    const { clock, repetition, waitsMs, looksMs } = aWaitingRepetition('@every 10ms');
    await clock.advance(5);
    repetition.wake();
    await clock.advance(14);
    assert.deepEqual(waitsMs, [0, 10, 0, 10]);
    assert.deepEqual(looksMs, [0, 10, 10]);
  });

  it('is ended by a stop when its wait is over', async () => {
    const { clock, repetition, looksMs } = aWaitingRepetition('@every 10ms');
    await clock.advance(5);
    const stopped = repetition.stop();
    await clock.advance(100);
    await stopped;
    assert.deepEqual(looksMs, [0, 10]);
    assert.equal(clock.runningTimers, 0);
  });

  it('is not repeated more often when it does not wait after all', async () => {
    const { clock, startsMs } = aRepetition('@every 10ms', { pass: { waitsItself: true, run: async () => {} } });
    await clock.advance(100);
    assert.ok(startsMs.length <= 12, `${startsMs.length} passes in 100 ms`);
  });
});
