import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aRepetition } from './a-repetition.ts';

describe('startRepeating by a cron expression', () => {
  it('runs at the ticks, not before the first', async () => {
    const { clock, startsMs } = aRepetition('*/30 * * * * *');
    await clock.advance(60_000);
    assert.deepEqual(startsMs, [30_000, 60_000]);
  });

  it('runs at once too when that is wanted', async () => {
    const { clock, startsMs } = aRepetition('*/30 * * * * *', { firstPass: 'at once' });
    await clock.advance(30_000);
    assert.deepEqual(startsMs, [0, 30_000]);
  });

  it('runs soon after the calendar was put past the tick', async () => {
    const { clock, startsMs } = aRepetition('0 0 12 * * *');
    await clock.advance(1_000);
    clock.setCalendar('2025-06-01T12:30:00Z');
    await clock.advance(60_000);
    assert.equal(startsMs.length, 1);
  });

  it('keeps to the calendar when that was put back', async () => {
    const { clock, startsMs } = aRepetition('0 0 12 * * *');
    clock.setCalendar('2025-06-01T11:59:00Z');
    await clock.advance(0);
    clock.setCalendar('2025-05-31T11:58:00Z');
    await clock.advance(120_000);
    assert.equal(startsMs.length, 1);
  });
});
