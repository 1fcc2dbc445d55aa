import { asOneLine } from './as-one-line.ts';
import { hidden } from './secret.ts';
import type { ConfigFault, Given, Setting } from './setting.ts';
import type { Source } from './source.ts';

/** The text of a file, or why there is none. */
export type FileReading =
  | { readonly result: 'read'; readonly text: string }
  | { readonly result: 'unreadable'; readonly reason: string };

export type ReadFile = (path: string) => FileReading;

/** A setting's value and where it was given (undefined: nowhere), or what is wrong with it. */
export type SettingReading<Value> =
  | { readonly value: Value | undefined; readonly where: string | undefined }
  | { readonly fault: ConfigFault };

/** Reads one setting from the first source that has it; a secret also from the file that `<name>_FILE` names. */
export function readSetting<Value>(
  name: string,
  setting: Setting<Value>,
  sources: readonly Source[],
  readSecretFile: ReadFile,
): SettingReading<Value> {
  const found = findGiven(name, setting.secret === true, sources, readSecretFile);
  if (found === undefined) return readAbsent(name, setting, sources);
  if ('fault' in found) return found;
  const { given, where } = found;
  const parsed = setting.kind.parse(given);
  if (parsed.result === 'valid') return { value: parsed.value, where };
  const shown = setting.secret === true ? hidden : showGiven(given);
  return { fault: { name, given: shown, allowed: setting.kind.allowed, where, problem: parsed.problem } };
}

/** The name under which a secret is given as a path. */
export function fileNameOf(name: string): string {
  return `${name}_FILE`;
}

/** What was given as one line, shortened. */
function showGiven(given: Given): string {
  const text =
    typeof given === 'string'
      ? given
      : [...given].map((item) => (typeof item === 'string' ? item : item.join('='))).join(', ');
  return asOneLine(text);
}

type Found = { readonly given: Given; readonly where: string } | { readonly fault: ConfigFault };

function findGiven(name: string, isSecret: boolean, sources: readonly Source[], readFile: ReadFile): Found | undefined {
  for (const { where, values } of sources) {
    const given = values.get(name);
    const path = isSecret ? values.get(fileNameOf(name)) : undefined;
    if (given !== undefined && path !== undefined) return { fault: givenTwice(name, where) };
    if (given !== undefined) return { given, where };
    if (path !== undefined) return readSecret(name, path, where, readFile);
  }
  return undefined;
}

function readSecret(name: string, path: Given, where: string, readFile: ReadFile): Found {
  const reading: FileReading =
    typeof path === 'string' ? readFile(path) : { result: 'unreadable', reason: 'one path is wanted' };
  if (reading.result === 'read') return { given: reading.text.replace(/\r?\n$/, ''), where: showGiven(path) };
  const allowed = 'the path of a readable file';
  return { fault: { name: fileNameOf(name), given: showGiven(path), allowed, where, problem: reading.reason } };
}

function readAbsent<Value>(name: string, setting: Setting<Value>, sources: readonly Source[]): SettingReading<Value> {
  switch (setting.absence) {
    case 'undefined':
      return { value: undefined, where: undefined };
    case 'refused': {
      const where = sources.map((source) => source.where).join(' or ');
      return { fault: { name, given: undefined, allowed: setting.kind.allowed, where, problem: undefined } };
    }
    case 'default': {
      const parsed = setting.kind.parse(setting.default);
      if (parsed.result === 'valid') return { value: parsed.value, where: undefined };
      throw new DefaultError(`the default of ${name} is not allowed: ${setting.default}`);
    }
  }
}

function givenTwice(name: string, where: string): ConfigFault {
  const allowed = `${name} or ${fileNameOf(name)}, not both`;
  return { name, given: hidden, allowed, where, problem: undefined };
}

/** A setting in the list has a default that its own kind refuses: a bug. */
class DefaultError extends Error {
  override readonly name = 'DefaultError';
}
