import { nearest } from '../nearest.ts';
import { fileNameOf } from './read-setting.ts';
import type { ConfigFault } from './setting.ts';
import { settingNames, settings } from './settings.ts';
import type { Source } from './source.ts';

const knownNames = settingNames.flatMap((name) => ('secret' in settings[name] ? [name, fileNameOf(name)] : [name]));
const known: ReadonlySet<string> = new Set(knownNames);

/** Finds names that no setting has: a misspelt one would else be ignored, and its default be in force. */
export function unknownNames({ where, values }: Source): readonly ConfigFault[] {
  const unknown = [...values.keys()].filter((name) => !known.has(name));
  return unknown.map((name) => {
    const near = nearest(name, knownNames);
    const allowed = near === undefined ? 'only the settings of the reference in the README' : `did you mean ${near}?`;
    // The value is not shown: it may be the secret of a misspelt name.
    return { name, given: undefined, allowed, where, problem: 'there is no such setting' };
  });
}
