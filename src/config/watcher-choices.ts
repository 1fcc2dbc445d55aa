import { parseSchedule, type Schedule, scheduleExamples } from '../scheduler/schedule.ts';
import { mapOf, matching, textKind } from './kinds.ts';

/** What the operator wants of one watcher, instead of what it does by itself. */
export type WatcherChoice = { readonly state: 'off' } | { readonly state: 'on'; readonly schedule: Schedule };

const watcherName = matching(/^[a-z][a-z0-9-]{0,62}$/, 'the name of a watcher');

const choice = textKind<WatcherChoice>(`off or ${scheduleExamples}`, (text) => {
  if (text === 'off') return { result: 'valid', value: { state: 'off' } };
  const parsed = parseSchedule(text);
  if (parsed.result === 'invalid') return { result: 'invalid', problem: parsed.message };
  return { result: 'valid', value: { state: 'on', schedule: parsed.schedule } };
});

/** By the watcher's name; a semicolon stands between them, because cron expressions contain commas. */
export const watcherChoices = mapOf(';', watcherName, choice);
