import type { Kind } from '../../src/config/setting.ts';

/** The value that a setting's text stands for; throws when it is not one. */
export function parsed<Value>(kind: Kind<Value>, text: string): Value {
  const result = kind.parse(text);
  if (result.result === 'invalid') throw new Error(`'${text}' is not ${kind.allowed}`);
  return result.value;
}
