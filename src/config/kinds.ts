import { durationExamples, formatDuration, parseDuration } from '../duration.ts';
import { asOneLine } from './as-one-line.ts';
import type { Given, Kind, Parsed } from './setting.ts';

/** A kind that is written as one text, never as a list or a map. */
export function textKind<Value>(allowed: string, parse: (text: string) => Parsed<Value>): Kind<Value> {
  return {
    allowed,
    parse: (given) =>
      typeof given === 'string' ? parse(given.trim()) : { result: 'invalid', problem: 'one value is wanted' },
  };
}

/** A text that has to match the whole of a pattern. */
export function matching(pattern: RegExp, allowed: string): Kind<string> {
  return textKind(allowed, (text) => (pattern.test(text) ? valid(text) : { result: 'invalid' }));
}

export function oneOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  return textKind(`one of ${words.join(', ')}`, (text) => {
    const word = words.find((candidate) => candidate === text);
    return word === undefined ? { result: 'invalid' } : valid(word);
  });
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return textKind(`a whole number from ${least} to ${most}`, (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most ? valid(number) : { result: 'invalid' };
  });
}

/** A duration, as milliseconds. */
export function duration(leastMs: number, mostMs: number): Kind<number> {
  const allowed = `${durationExamples}, from ${formatDuration(leastMs)} to ${formatDuration(mostMs)}`;
  return textKind(allowed, (text) => {
    const durationMs = parseDuration(text);
    if (durationMs === undefined || durationMs < leastMs || durationMs > mostMs) return { result: 'invalid' };
    return valid(durationMs);
  });
}

/** Values separated by commas, or a list of them; none twice. An empty text is the empty list. */
export function listOf<Value>(item: Kind<Value>, least: number, most: number): Kind<readonly Value[]> {
  return {
    allowed: `a comma-separated list, ${least} to ${most} long, none twice, each ${item.allowed}`,
    parse: (given) => {
      const texts = entriesOf(given, ',');
      if (texts === undefined) return { result: 'invalid', problem: 'a list is wanted' };
      if (texts.length < least || texts.length > most) return { result: 'invalid', problem: `it has ${texts.length}` };
      const values: Value[] = [];
      for (const [index, text] of texts.entries()) {
        if (texts.indexOf(text) !== index) return { result: 'invalid', problem: `'${asOneLine(text)}' is there twice` };
        const parsed = item.parse(text);
        if (parsed.result === 'invalid') return refused(text, parsed.problem);
        values.push(parsed.value);
      }
      return valid(values);
    },
  };
}

const mostEntries = 1_000;

/** Entries `key=value` with a separator between them, or a map; no key twice. */
export function mapOf<Value>(
  separator: string,
  key: Kind<string>,
  value: Kind<Value>,
): Kind<ReadonlyMap<string, Value>> {
  const example = `key=value${separator}key=value`;
  return {
    allowed: `${example}, no key twice, each key ${key.allowed}, each value ${value.allowed}`,
    parse: (given) => {
      const entries = given instanceof Map ? [...given] : entriesOf(given, separator)?.map(splitAtEquals);
      if (entries !== undefined && entries.length > mostEntries)
        return { result: 'invalid', problem: `it has ${entries.length} entries` };
      const values = new Map<string, Value>();
      for (const [keyText, valueText] of entries ?? []) {
        const name = key.parse(keyText);
        if (name.result === 'invalid') return refused(keyText, name.problem);
        if (valueText === undefined) return refused(keyText, `'=' is missing`);
        if (values.has(name.value)) return { result: 'invalid', problem: `'${name.value}' is there twice` };
        const parsed = value.parse(valueText);
        if (parsed.result === 'invalid') return refused(`${keyText}=${valueText}`, parsed.problem);
        values.set(name.value, parsed.value);
      }
      return valid(values);
    },
  };
}

/** The texts of a list; undefined when a map was given. A separator at the very end is forgiven. */
export function entriesOf(given: Given, separator: string): readonly string[] | undefined {
  if (typeof given !== 'string') return Array.isArray(given) ? given.map((text: string) => text.trim()) : undefined;
  const texts = given.split(separator).map((text) => text.trim());
  if (texts.at(-1) === '') texts.pop();
  return texts;
}

function splitAtEquals(entry: string): readonly [string, string | undefined] {
  const position = entry.indexOf('=');
  return position === -1 ? [entry, undefined] : [entry.slice(0, position).trim(), entry.slice(position + 1).trim()];
}

function refused(text: string, problem: string | undefined): Parsed<never> {
  const shown = `'${asOneLine(text)}'`;
  return { result: 'invalid', problem: problem === undefined ? `${shown} is not` : `${shown}: ${problem}` };
}

function valid<Value>(value: Value): Parsed<Value> {
  return { result: 'valid', value };
}

/** `true` or `false`, in YAML also without quotes. */
export const trueOrFalse: Kind<boolean> = textKind('true or false', (text) => {
  if (text !== 'true' && text !== 'false') return { result: 'invalid' };
  return { result: 'valid', value: text === 'true' };
});
