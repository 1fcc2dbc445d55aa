import { Cron } from 'croner';
import { durationExamples, parseDuration } from '../duration.ts';

/** When something is due, again and again. */
export interface Schedule {
  /** As it was written. */
  readonly text: string;
  /** An interval has its ticks on a clock that never jumps; a cron expression follows the calendar, in UTC. */
  readonly kind: 'interval' | 'cron';
  /** Milliseconds from `now` to the next tick, at least 1; for an interval always the whole of it. */
  nextDelayMs(now: Date): number;
}

export type ParsedSchedule =
  | { readonly result: 'valid'; readonly schedule: Schedule }
  | { readonly result: 'invalid'; readonly message: string };

/** Ends a sentence that says what would have been right. */
export const scheduleExamples =
  "a schedule such as '@every 10ms', '@hourly' or '*/30 * * * * *' (second minute hour day month weekday, in UTC; five fields mean second 0)";

const nicknames = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const longestText = 200;
// Any fixed moment would do: an expression without a year that has no tick after it never has one.
const someMoment = new Date('2024-01-01T00:00:00Z');

/** Understands `@every <duration>`, the nicknames such as `@hourly`, and cron expressions of five or six fields. */
export function parseSchedule(text: string): ParsedSchedule {
  const trimmed = text.trim();
  if (trimmed.length > longestText) return invalid(`a schedule has at most ${longestText} characters`);
  const every = /^@every\s+(\S+)$/.exec(trimmed)?.[1];
  if (every !== undefined) return parseInterval(trimmed, every);
  // Checked here, because croner also takes a date, which comes once, and a field of years, which ends.
  const fields = trimmed.split(/\s+/).length;
  const isKnownForm = nicknames.includes(trimmed) || (!trimmed.startsWith('@') && (fields === 5 || fields === 6));
  return isKnownForm ? parseCron(trimmed) : invalid(`'${trimmed}' is not ${scheduleExamples}`);
}

function parseInterval(text: string, durationText: string): ParsedSchedule {
  const intervalMs = parseDuration(durationText);
  if (intervalMs === undefined || intervalMs < 1) {
    return invalid(`'${durationText}' is not ${durationExamples}, at least 1ms`);
  }
  return { result: 'valid', schedule: { text, kind: 'interval', nextDelayMs: () => intervalMs } };
}

function parseCron(text: string): ParsedSchedule {
  try {
    const cron = new Cron(text, { utcOffset: 0, paused: true });
    if (cron.nextRun(someMoment) === null) return invalid(`'${text}' names a day that no year has`);
    return { result: 'valid', schedule: { text, kind: 'cron', nextDelayMs: (now) => msToNext(cron, text, now) } };
  } catch (error) {
    // Croner throws for what it cannot read; the text came from a user, so that is an expected outcome here.
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    return invalid(`'${text}' is not ${scheduleExamples}: ${reason}`);
  }
}

function msToNext(cron: Cron, text: string, now: Date): number {
  const next = cron.nextRun(now);
  if (next === null) throw new ScheduleError(`schedule '${text}' has no tick after ${now.toISOString()}`);
  return Math.max(1, next.getTime() - now.getTime());
}

/** A schedule that was understood has no next tick: the calendar of the library ended, or its rules changed. */
class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

function invalid(message: string): ParsedSchedule {
  return { result: 'invalid', message };
}
