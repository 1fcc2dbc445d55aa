import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseSchedule } from '../../../src/scheduler/schedule.ts';

function delayMs(text: string, now: string): number {
  const parsed = parseSchedule(text);
  assert.ok(parsed.result === 'valid', `'${text}' was refused`);
  return parsed.schedule.nextDelayMs(new Date(now));
}

describe('parseSchedule', () => {
  for (const [text, now, expectedMs] of [
    ['@every 10ms', '2025-06-01T00:00:00Z', 10],
    ['@every 1ms', '2025-06-01T00:00:00Z', 1],
    ['@every 30s', '2025-06-01T00:00:17Z', 30_000],
    ['@every 1h30m10s', '2025-06-01T00:00:00Z', 5_410_000],
    ['  @every   5s ', '2025-06-01T00:00:00Z', 5_000],
    ['*/5 * * * * *', '2025-06-01T00:00:02.500Z', 2_500],
    ['*/5 * * * * *', '2025-06-01T00:00:05.000Z', 5_000],
    ['30 2 * * *', '2025-06-01T02:29:00Z', 60_000],
    ['* * * * *', '2025-06-01T00:00:59.999Z', 1],
    ['0 0 12 * * MON-FRI', '2025-05-31T12:00:00Z', 2 * 86_400_000],
    ['0 0 0 29 2 *', '2027-02-28T00:00:00Z', 366 * 86_400_000],
    // The night in which clocks in Europe skip an hour: UTC has 02:30 all the same.
    ['0 30 2 * * *', '2025-03-30T01:30:00Z', 3_600_000],
    ['@hourly', '2025-06-01T00:59:00Z', 60_000],
    ['@daily', '2025-06-01T23:59:00Z', 60_000],
    ['@midnight', '2025-06-01T23:59:00Z', 60_000],
    ['@weekly', '2025-06-07T23:59:00Z', 60_000],
    ['@monthly', '2025-06-30T23:59:00Z', 60_000],
    ['@yearly', '2025-12-31T23:59:00Z', 60_000],
  ] as const) {
    it(`understands '${text}': ${expectedMs} ms after ${now}`, () => {
      assert.equal(delayMs(text, now), expectedMs);
    });
  }

  for (const text of [
    '',
    ' ',
    '@every',
    '@every 0s',
    '@every 0.5ms',
    '@every 5',
    '@every -1s',
    '@every 400d',
    'every 5s',
    '@reboot',
    '@hourly @daily',
    '* * * *',
    '* * * * * * *',
    '60 * * * * *',
    '* * * 13 *',
    'MON * * * *',
    '2025-01-01T00:00:00',
    '0 0 30 2 *',
    '*/0 * * * * *',
    '*'.repeat(10_000),
  ]) {
    it(`refuses '${text.slice(0, 30)}' with a message`, () => {
      const parsed = parseSchedule(text);
      assert.equal(parsed.result, 'invalid');
      assert.notEqual(parsed.message, '');
      assert.ok(parsed.message.length < 600);
    });
  }

  it('keeps the text, and tells an interval from a cron expression', () => {
    const interval = parseSchedule('@every 10ms');
    const cron = parseSchedule(' @hourly');
    assert.ok(interval.result === 'valid' && cron.result === 'valid');
    assert.deepEqual([interval.schedule.text, interval.schedule.kind], ['@every 10ms', 'interval']);
    assert.deepEqual([cron.schedule.text, cron.schedule.kind], ['@hourly', 'cron']);
  });

  it('never throws, and what it accepts always has a next tick', () => {
    const field = fc.oneof(
      fc.constantFrom('*', '?', '*/7', '0', '59', '1-5', '1,2,3', 'L', 'MON', '29', '31', '2', '1#5', '15W', '5/3'),
      fc.string({ maxLength: 5 }),
    );
    const cronLike = fc.array(field, { minLength: 4, maxLength: 8 }).map((fields) => fields.join(' '));
    const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          cronLike,
          fc.string().map((text) => `@every ${text}`),
        ),
        moment,
        (text, now) => {
          const parsed = parseSchedule(text);
          if (parsed.result === 'valid') assert.ok(parsed.schedule.nextDelayMs(now) >= 1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
