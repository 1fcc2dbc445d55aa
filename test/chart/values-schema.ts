import { parse } from 'yaml';
import { z } from 'zod';
import { type SettingName, settingNames, settings } from '../../src/config/settings.ts';
import type { DocumentedValue } from './documented-values.ts';

type Schema = Readonly<Record<string, unknown>>;

const movedValues = z.array(z.strictObject({ key: z.string(), instead: z.string() }));

/** What a setting may look like in a file; a `true` or `off` that is meant as a word has to be quoted. */
const settingForms = {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    { type: 'array', items: { type: ['string', 'number'] } },
    { type: 'object', additionalProperties: { type: ['string', 'number'] } },
  ],
};

/** A chart that depends on this one may give these, whatever values there are. */
const valuesOfHelm = {
  global: { description: 'Values that a chart shares with those it depends on.', type: 'object' },
  enabled: { description: 'Whether a chart that depends on this one installs it.', type: 'boolean' },
};

/**
 * The JSON Schema of a chart's values: what is documented, and nothing else.
 *
 * Values that have moved, given as the text of `moved-values.yaml`, pass: the chart itself says where they are now.
 */
export function valuesSchema(values: readonly DocumentedValue[], movedYaml: string): string {
  const moved = movedValues.parse(parse(movedYaml));
  const entries = [
    ...values.map((value) => ({ path: value.path, schema: schemaOf(value) })),
    ...moved.map(({ key, instead }) => ({ path: key.split('.'), schema: { description: `Moved: ${instead}.` } })),
  ];
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...closedObject({ ...valuesOfHelm, ...grouped(entries) }),
    $defs: { setting: settingForms },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

interface Entry {
  readonly path: readonly string[];
  readonly schema: Schema;
}

function grouped(entries: readonly Entry[]): Readonly<Record<string, Schema>> {
  const byKey = Object.groupBy(entries, ({ path }) => path[0] ?? '');
  return Object.fromEntries(Object.entries(byKey).map(([key, inner = []]) => [key, merged(inner)]));
}

function merged(entries: readonly Entry[]): Schema {
  const own = entries.find(({ path }) => path.length === 1)?.schema;
  const below = entries
    .filter(({ path }) => path.length > 1)
    .map(({ path, schema }) => ({ path: path.slice(1), schema }));
  if (below.length === 0) return own ?? {};
  const { properties, ...rest } = own ?? {};
  return { ...rest, ...closedObject({ ...Object(properties), ...grouped(below) }) };
}

function closedObject(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, additionalProperties: false };
}

function schemaOf({ path, description, default: value, schema }: DocumentedValue): Schema {
  if (path.join('.') === 'config') return { description, ...closedObject(settingSchemas()) };
  const type = 'enum' in schema ? {} : { type: typeOf(value) };
  return { description, ...type, ...schema };
}

function settingSchemas(): Readonly<Record<string, Schema>> {
  return Object.fromEntries(settingNames.filter(isForFile).map((name) => [name, settingSchema(name)]));
}

function isForFile(name: SettingName): boolean {
  return !('secret' in settings[name]) && name !== 'NIGHTWATCH_NAMESPACES';
}

function settingSchema(name: SettingName): Schema {
  const { description, kind } = settings[name];
  return { description: `${description} Allowed: ${kind.allowed}.`, $ref: '#/$defs/setting' };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
