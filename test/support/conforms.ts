import type { JsonSchema } from '../../src/task/spec-json-schema.ts';

/** A schema uses a word that is not understood here, so nothing could be said of what conforms to it. */
export class KeywordError extends Error {
  override readonly name = 'KeywordError';
}

type Check = (value: unknown, schema: JsonSchema) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By keyword, as https://json-schema.org/draft/2020-12 has them: each lets values pass that it is not about. */
const checks: Readonly<Record<string, Check>> = {
  type: (value, { type }) => isOfType(value, String(type)),
  enum: (value, schema) => schema.enum?.some((word) => word === value) ?? true,
  const: (value, schema) => value === schema.const,
  minimum: (value, { minimum = 0 }) => typeof value !== 'number' || value >= minimum,
  maximum: (value, { maximum = 0 }) => typeof value !== 'number' || value <= maximum,
  maxLength: (value, { maxLength = 0 }) => typeof value !== 'string' || Array.from(value).length <= maxLength,
  pattern: (value, { pattern = '' }) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  items: (value, { items }) => !Array.isArray(value) || value.every((item) => conforms(item, items)),
  minItems: (value, { minItems = 0 }) => !Array.isArray(value) || value.length >= minItems,
  maxItems: (value, { maxItems = 0 }) => !Array.isArray(value) || value.length <= maxItems,
  uniqueItems: (value) => !Array.isArray(value) || new Set(value).size === value.length,
  required: (value, { required = [] }) => !isObject(value) || required.every((key) => Object.hasOwn(value, key)),
  maxProperties: (value, { maxProperties = 0 }) => !isObject(value) || Object.keys(value).length <= maxProperties,
  propertyNames: (value, { propertyNames }) =>
    !isObject(value) || Object.keys(value).every((key) => conforms(key, propertyNames)),
  properties: (value, { properties = {} }) =>
    !isObject(value) ||
    Object.entries(properties).every(([key, inner]) => !Object.hasOwn(value, key) || conforms(value[key], inner)),
  additionalProperties: (value, { properties = {}, additionalProperties }) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([key, inner]) => Object.hasOwn(properties, key) || conforms(inner, additionalProperties),
    ),
  anyOf: (value, { anyOf = [] }) => anyOf.some((choice) => conforms(value, choice)),
  oneOf: (value, { oneOf = [] }) => oneOf.filter((choice) => conforms(value, choice)).length === 1,
  allOf: (value, { allOf = [] }) => allOf.every((part) => conforms(value, part)),
  if: (value, schema) => !conforms(value, schema.if) || conforms(value, schema.then),
  // Part of `if`, or for readers only.
  ...Object.fromEntries(['then', '$schema', 'title', 'description'].map((word) => [word, () => true])),
};

/** Whether a value of JSON is what a JSON Schema asks for; knows the words that ours use. */
export function conforms(value: unknown, schema: unknown): boolean {
  if (typeof schema === 'boolean' || schema === undefined) return schema ?? true;
  return Object.keys(Object(schema)).every((word) => {
    const check = checks[word];
    if (check === undefined) throw new KeywordError(`'${word}' is not understood`);
    return check(value, schema as JsonSchema);
  });
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'object' ? isObject(value) : typeof value === type;
}
