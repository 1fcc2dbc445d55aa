import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/duration.ts';

describe('parseDuration', () => {
  for (const [text, expectedMs] of [
    ['500ms', 500],
    ['0.5s', 500],
    ['3.3s', 3_300],
    ['4.4s', 4_400],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['1h30m10s', 5_410_000],
    ['7d', 604_800_000],
    ['0s', 0],
    ['366d', 31_622_400_000],
  ] as const) {
    it(`reads '${text}' as ${expectedMs} ms`, () => {
      assert.equal(parseDuration(text), expectedMs);
    });
  }

  for (const text of [
    '',
    '5',
    's',
    '5 s',
    '-5s',
    '+5s',
    '5S',
    '5y',
    '0.5ms',
    '.5s',
    '5.s',
    '1e3s',
    '5s ',
    '5s,',
    '367d',
    '5µs',
    '1h30',
  ]) {
    it(`refuses '${text}'`, () => {
      assert.equal(parseDuration(text), undefined);
    });
  }

  it('reads back every duration that formatDuration writes', () => {
    const durationsMs = fc.oneof(
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 366 * 86_400_000 }),
      fc.integer({ min: 0, max: 366 * 24 }).map((hours) => hours * 3_600_000),
    );
    fc.assert(fc.property(durationsMs, (durationMs) => parseDuration(formatDuration(durationMs)) === durationMs));
  });
});

describe('formatDuration', () => {
  for (const [durationMs, expected] of [
    [0, '0ms'],
    [10, '10ms'],
    [1_000, '1s'],
    [3_300, '3.3s'],
    [90_000, '90s'],
    [120_000, '2m'],
    [86_400_000, '1d'],
  ] as const) {
    it(`writes ${durationMs} ms as ${expected}`, () => {
      assert.equal(formatDuration(durationMs), expected);
    });
  }
});
