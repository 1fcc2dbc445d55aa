import { type JsonSchema, specJsonSchema } from '../../src/task/spec-json-schema.ts';
import { type KeyReference, specReference } from '../../src/task/spec-reference.ts';

export const infoHeaders = ['Key', 'What it is', 'Type', 'Default', 'Limits', 'Field of the Job'];

/** A key of `info` without words in the reference, or words without a key. */
export class InfoReferenceError extends Error {
  override readonly name = 'InfoReferenceError';
}

/** The table of all keys of `info`: their types and limits from the schema, the words from the reference. */
export function infoTable(): string {
  const keys = documentedKeys(specJsonSchema());
  const stray = Object.keys(specReference).filter((path) => !keys.some(([known]) => known === path));
  if (stray.length > 0) throw new InfoReferenceError(`there is no such key: ${stray.join(', ')}`);
  const rows = keys.map(([path, schema]) => {
    const reference = specReference[path];
    if (reference === undefined) throw new InfoReferenceError(`nothing is said of the key ${path}`);
    return row(path, schema, reference);
  });
  return [line(infoHeaders), line(infoHeaders.map(() => '---')), ...rows].join('\n');
}

/** The keys that have a row: of an object whose own keys are settings, each of these; amounts stay together. */
function documentedKeys(schema: JsonSchema, path = ''): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const innerPath = path === '' ? key : `${path}.${key}`;
    const isGroup = typeof inner === 'object' && inner.properties !== undefined && !(innerPath in specReference);
    if (typeof inner === 'boolean') return [];
    return isGroup ? documentedKeys(inner, innerPath) : [[innerPath, inner] as const];
  });
}

function row(path: string, schema: JsonSchema, { what, absence, limits, settings, field }: KeyReference): string {
  const known = limitsOf(schema);
  const named = (settings ?? []).map((name) => `\`${name}\``).join(', ');
  const bounds = [known, limits, named].filter((words) => words !== undefined && words !== '').join('; ');
  return line([`\`${path}\``, what, typeOf(schema), absence, bounds, `\`${field}\``]);
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.type === 'array') return `list of ${plural(typeOf(asSchema(schema.items)))}`;
  if (schema.type === 'integer') return 'whole number';
  if (schema.type !== 'object') return String(schema.type);
  if (schema.properties === undefined) return `object of ${plural(typeOf(asSchema(schema.additionalProperties)))}`;
  const keys = Object.keys(schema.properties).map((key) => `\`${key}\``);
  return `object: ${keys.join(', ')}`;
}

function plural(type: string): string {
  return type.replace(/\b(string|object|number)\b/g, '$1s');
}

/** The limits that the schema itself has, of what is inside a list or a choice, too. */
function limitsOf(schema: JsonSchema): string {
  const { minimum, maximum, minItems, maxItems, maxProperties, maxLength } = schema;
  const words = [
    schema.enum?.map((word) => `\`${word}\``).join(', '),
    minimum !== undefined && `${minimum} to ${maximum}`,
    maxItems !== undefined && `${minItems === undefined ? 'at most' : `${minItems} to`} ${maxItems}`,
    maxProperties !== undefined && `at most ${maxProperties}`,
    maxLength !== undefined && schema.enum === undefined && `at most ${maxLength} characters`,
    ...innerLimits(schema),
  ];
  return words.filter((word) => typeof word === 'string' && word !== '').join('; ');
}

/** Of what may stand in a list or be chosen; the keys of an object with their names. */
function innerLimits(schema: JsonSchema): readonly string[] {
  const choices = schema.anyOf ?? (schema.type === 'array' ? asSchema(schema.items).anyOf : undefined) ?? [];
  return choices.map(asSchema).flatMap((choice) => {
    const ofKeys = Object.entries(choice.properties ?? {}).map(
      ([key, inner]) => `\`${key}\` ${limitsOf(asSchema(inner))}`,
    );
    return [limitsOf(choice), ...ofKeys];
  });
}

function asSchema(schema: JsonSchema['items'] | JsonSchema['additionalProperties']): JsonSchema {
  return typeof schema === 'object' && !Array.isArray(schema) ? schema : {};
}
