import assert from 'node:assert/strict';
import { type RepeatOptions, startRepeating } from '../../../src/scheduler/repeat.ts';
import { parseSchedule, type Schedule } from '../../../src/scheduler/schedule.ts';
import { ManualClock } from './manual-clock.ts';

export function aSchedule(text: string): Schedule {
  const parsed = parseSchedule(text);
  assert.equal(parsed.result, 'valid');
  return parsed.schedule;
}

interface LogLine {
  readonly level: 'error' | 'info' | 'debug';
  readonly fields: Readonly<Record<string, unknown>>;
}

export function aLog() {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: unknown) => lines.push({ level, fields: { ...(fields as object) } });
  return { lines, error: at('error'), info: at('info'), debug: at('debug') };
}

/** A repeated pass of which every start is noted, with the time on the clock. */
export function aRepetition(scheduleText: string, overrides: Partial<RepeatOptions> = {}) {
  const clock = new ManualClock();
  const log = aLog();
  const startsMs: number[] = [];
  const pass = overrides.pass ?? { run: async () => {} };
  const abort = new AbortController();
  const repetition = startRepeating({
    name: 'example',
    schedule: aSchedule(scheduleText),
    log,
    clock,
    signal: abort.signal,
    random: () => 0,
    ...overrides,
    pass: {
      get waitsItself() {
        return pass.waitsItself ?? false;
      },
      run: (signal, wait) => {
        startsMs.push(clock.monotonicMs());
        return pass.run(signal, wait);
      },
    },
  });
  return { clock, log, startsMs, abort, repetition };
}

/** A pass that ends only when it is told to. */
export function aHeldPass() {
  const ends: (() => void)[] = [];
  return {
    run: () => new Promise<void>((resolve) => ends.push(resolve)),
    end: () => ends.shift()?.(),
    get running() {
      return ends.length;
    },
  };
}
