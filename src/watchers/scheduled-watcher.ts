import type { WatcherChoice } from '../config/watcher-choices.ts';
import { type Repetition, startRepeating } from '../scheduler/repeat.ts';
import { parseSchedule, type Schedule } from '../scheduler/schedule.ts';
import type { TermContext, Watcher, WatcherRun } from './watcher.ts';

/** A watcher with the schedule that holds for it. */
export interface ScheduledWatcher {
  readonly watcher: Watcher;
  readonly schedule: Schedule;
}

export type ScheduledWatchers =
  | { readonly result: 'valid'; readonly watchers: readonly ScheduledWatcher[] }
  | { readonly result: 'unknown'; readonly names: readonly string[] };

/** Applies the configuration's choices; a name that no watcher has is refused, for it would be obeyed by nobody. */
export function scheduleWatchers(
  watchers: readonly Watcher[],
  choices: ReadonlyMap<string, WatcherChoice>,
): ScheduledWatchers {
  const names = new Set(watchers.map(({ name }) => name));
  const unknown = [...choices.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0) return { result: 'unknown', names: unknown };
  return {
    result: 'valid',
    watchers: watchers.flatMap((watcher) => {
      const choice = choices.get(watcher.name);
      if (choice?.state === 'off') return [];
      return [{ watcher, schedule: choice?.schedule ?? ownSchedule(watcher) }];
    }),
  };
}

function ownSchedule({ name, schedule }: Watcher): Schedule {
  const parsed = parseSchedule(schedule);
  if (parsed.result === 'invalid') throw new Error(`watcher ${name} has a schedule that is none: ${parsed.message}`);
  return parsed.schedule;
}

/** A watcher at work in a term: first no more passes, then the end of what they began. */
export interface RunningWatcher extends AsyncDisposable {
  /** Starts no further pass; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

export function startWatcher({ watcher, schedule }: ScheduledWatcher, context: TermContext): RunningWatcher {
  let repetition: Repetition | undefined;
  const run: WatcherRun = watcher.begin(context, () => repetition?.wake());
  const { term, log } = context;
  repetition = startRepeating({
    name: watcher.name,
    schedule,
    pass: run,
    log,
    signal: term.ended,
    firstPass: 'at once',
  });
  return { stop: repetition.stop.bind(repetition), [Symbol.asyncDispose]: () => run[Symbol.asyncDispose]() };
}
