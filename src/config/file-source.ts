import { isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type { ConfigFault, Given } from './setting.ts';
import type { Source } from './source.ts';

/** A configuration file as it was read. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** Far more than all settings need; a larger file is the wrong one, and may take its reader a gigabyte of memory. */
export const maximumFileBytes = 256 * 1024;
/** A file may say a list once and refer to it; more than this is an attack or an accident. */
const mostAliases = 100;
/** Several times as many as there are settings: of each that is wrong a sentence is told. */
const mostNames = 200;

export type ParsedFile = { readonly source: Source } | { readonly faults: readonly ConfigFault[] };

/** Reads the YAML of a configuration file: a map from names of settings to texts, lists of texts or maps of texts. */
export function parseFile({ path, text }: ConfigFile): ParsedFile {
  if (Buffer.byteLength(text) > maximumFileBytes) return broken(path, 'it is larger than 256 KiB');
  const read = readYaml(text);
  if ('problem' in read) return broken(path, read.problem);
  // An empty file, or one of comments alone, sets nothing.
  if (read.value === null || read.value === '') return { source: { where: path, values: new Map() } };
  if (!(read.value instanceof Map)) return broken(path, 'it is no map');
  if (read.value.size > mostNames) return broken(path, `it has ${read.value.size} names of settings`);
  const values = new Map<string, Given>();
  const faults: ConfigFault[] = [];
  for (const [name, value] of read.value) {
    const given = readGiven(value);
    if (typeof name !== 'string') faults.push(fault(path, 'the file', 'names of settings as keys', 'a key is no text'));
    else if (given !== undefined) values.set(name, given);
    else faults.push(fault(path, name, 'a text, a list of texts or a map of texts', 'it is nested deeper'));
  }
  return faults.length > 0 ? { faults } : { source: { where: path, values } };
}

const tooDeep = 'it is nested too deeply';

type Yaml = { readonly value: unknown } | { readonly problem: string };

function readYaml(text: string): Yaml {
  const lineCounter = new LineCounter();
  try {
    // The failsafe schema keeps every scalar as it is written: a name '0123' must not become 123, nor 'off' false.
    // Its own search for keys that are there twice takes minutes in a file of many keys.
    const options = { schema: 'failsafe', uniqueKeys: false, lineCounter, prettyErrors: false } as const;
    const document = parseDocument(text, options);
    const at = (offset: number) => {
      const { line, col } = lineCounter.linePos(offset);
      return `line ${line}, column ${col}`;
    };
    const first = document.errors[0] ?? document.warnings[0];
    if (first?.code === 'RESOURCE_EXHAUSTION') return { problem: tooDeep };
    // What stands behind a colon quotes the file, where there may be a secret; behind a semicolon, advice to programmers.
    if (first !== undefined) return { problem: `${at(first.pos[0])}: ${first.message.split(/[:;\n]/, 1)[0]}` };
    const repeated = isMap(document.contents) ? repeatedKey(document.contents) : undefined;
    if (repeated !== undefined) return { problem: `${at(repeated)}: a key is there twice` };
    return { value: document.toJS({ maxAliasCount: mostAliases, mapAsMap: true }) };
  } catch (error) {
    // The parser reports through its errors; what it throws is about aliases, or about nesting without end.
    return {
      problem: error instanceof ReferenceError ? 'an alias is unknown, or there are too many' : tooDeep,
    };
  }
}

/** Where a key stands that its map has already; maps that are nested deeper than in a setting are refused anyway. */
function repeatedKey(map: YAMLMap): number | undefined {
  const seen = new Set<unknown>();
  for (const { key, value } of map.items) {
    if (isScalar(key) && seen.has(key.value)) return key.range?.[0] ?? 0;
    if (isScalar(key)) seen.add(key.value);
    const inner = isMap(value) ? repeatedKey(value) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function readGiven(value: unknown): Given | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? value : undefined;
  if (!(value instanceof Map)) return undefined;
  const entries = new Map<string, string>();
  for (const [key, item] of value) {
    if (typeof key !== 'string' || typeof item !== 'string') return undefined;
    entries.set(key, item);
  }
  return entries;
}

function broken(path: string, problem: string): ParsedFile {
  return { faults: [fault(path, 'the file', 'YAML with names of settings as keys, at most 256 KiB', problem)] };
}

function fault(where: string, name: string, allowed: string, problem: string): ConfigFault {
  return { name, given: undefined, allowed, where, problem };
}
