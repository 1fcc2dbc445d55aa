import { join } from 'node:path';
import { specJsonSchema } from '../../src/task/spec-json-schema.ts';

/** The JSON Schema of `info` that users give to their editors. */
export const infoSchemaPath = join(import.meta.dirname, '..', '..', 'deploy', 'info.schema.json');

/** What belongs into it. */
export function infoSchemaText(): string {
  return `${JSON.stringify(specJsonSchema(), null, 2)}\n`;
}
