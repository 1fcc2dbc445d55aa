import type { Command, DefaultedSetting, Kind, OptionalSetting, RequiredSetting } from './setting.ts';

const byRun: readonly Command[] = ['run'];

/** A setting without which nightwatch does not run. */
export function required<Value>(kind: Kind<Value>, description: string): RequiredSetting<Value> {
  return { kind, description, usedBy: byRun, absence: 'refused' };
}

/** A setting that is read like a given one where it is left out. */
export function withDefault<Value>(kind: Kind<Value>, text: string, description: string): DefaultedSetting<Value> {
  return { kind, description, usedBy: byRun, absence: 'default', default: text };
}

/** A setting that may be left out. */
export function optional<Value>(kind: Kind<Value>, absenceMeans: string, description: string): OptionalSetting<Value> {
  return { kind, description, usedBy: byRun, absence: 'undefined', absenceMeans };
}
