import { z } from 'zod';
import { specSchema } from './spec-schema.ts';

/** The keys that an object of `info` knows, by the path of that object; none where no object can stand. */
export function knownKeysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema = asWritten(specSchema);
  for (const key of path) {
    const inner = schema instanceof z.ZodObject ? schema.shape[String(key)] : elementOf(schema);
    if (inner === undefined) return [];
    schema = asWritten(inner);
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function elementOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

/** What a value of info is compared with: of a choice the object, which is the only one with keys. */
function asWritten(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodExactOptional) return asWritten(schema.unwrap());
  if (schema instanceof z.ZodPipe) return asWritten(schema.out);
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.find((option) => option instanceof z.ZodObject) ?? schema;
}
