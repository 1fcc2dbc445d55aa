import assert from 'node:assert/strict';
import { type ParsedSpec, parseSpec } from '../../../src/task/spec.ts';

/** What is made of info: of a text as it is, of anything else as JSON. */
export function parseInfo(info: unknown): ParsedSpec {
  const text = typeof info === 'string' ? info : JSON.stringify(info);
  return parseSpec(text, Buffer.byteLength(text));
}

/** Why info is refused. */
export function faultOf(info: unknown): string {
  const parsed = parseInfo(info);
  return parsed.result === 'invalid' ? parsed.message : assert.fail('was accepted');
}
