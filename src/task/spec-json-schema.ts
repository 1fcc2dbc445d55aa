import { z } from 'zod';
import { specReference } from './spec-reference.ts';
import { specSchema } from './spec-schema.ts';

/** JSON Schema, as far as `info` needs it. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What contradicts itself, as far as a schema can say it: a refinement of ours is not in it by itself. */
const rules: readonly JsonSchema[] = [
  {
    if: { type: 'object', required: ['completionMode'], properties: { completionMode: { const: 'Indexed' } } },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema, never a promise
    then: { type: 'object', required: ['completions'] },
  },
  {
    if: { type: 'object', required: ['backoffLimitPerIndex'] },
    // biome-ignore lint/suspicious/noThenProperty: as above
    then: { type: 'object', required: ['completionMode'], properties: { completionMode: { const: 'Indexed' } } },
  },
  {
    if: { type: 'object', required: ['maxFailedIndexes'] },
    // biome-ignore lint/suspicious/noThenProperty: as above
    then: { type: 'object', required: ['backoffLimitPerIndex'] },
  },
  {
    if: { type: 'object', required: ['retry'] },
    // biome-ignore lint/suspicious/noThenProperty: as above
    then: { type: 'object', properties: { backoffLimit: { maximum: 0 }, backoffLimitPerIndex: { maximum: 0 } } },
  },
];

/**
 * The JSON Schema of `info`, for editors.
 *
 * It lets everything pass that nightwatch accepts, and refuses most of what it does not: quantities that exceed each
 * other, reserved names and the maxima of the operator are known to nightwatch alone.
 */
export function specJsonSchema(): JsonSchema {
  // A word of a retry is read by a transformation; its schema says itself what it is.
  const schema = z.toJSONSchema(specSchema, { io: 'output', unrepresentable: 'any' });
  return { ...described(schema, ''), title: 'What a row of nightwatch may ask for in info', allOf: [...rules] };
}

/** With the sentences of the reference. */
function described(schema: JsonSchema, path: string): JsonSchema {
  const what = specReference[path]?.what;
  const properties = Object.entries(schema.properties ?? {}).map(([key, inner]) => [
    key,
    typeof inner === 'boolean' ? inner : described(inner, path === '' ? key : `${path}.${key}`),
  ]);
  return {
    ...(what !== undefined && { description: `${what.replaceAll('`', '')}.` }),
    ...schema,
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
  };
}
