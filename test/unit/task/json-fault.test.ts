import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { jsonFault } from '../../../src/task/json-fault.ts';

describe('text that is not JSON', () => {
  const cases: readonly (readonly [text: string, said: RegExp])[] = [
    ['', /^it ends at position 0 .* where a value/],
    ['{"image":"alpine",}', /^at position 18 \(line 1, column 19\), near '.*': expected a key in double quotes$/],
    ["{'image':1}", /^at position 1 .*: expected a key in double quotes or '}'$/],
    ['{"a":\n  1\n  "b":2}', /^at position 12 \(line 3, column 3\), .*: expected ',' or '}'/],
    ['[1 2]', /^at position 3 .*: expected ',' or ']'$/],
    ['[1,]', /^at position 3 .*: expected a value/],
    ['{"a" 1}', /^at position 5 .*: expected ':' after the key$/],
    ['{"a":1} x', /^at position 8 .*: expected nothing more$/],
    ['{"a":"x', /^at position 5 .*the string is not closed/],
    ['{"a":"x\ny"}', /^at position 5 .*raw control character/],
    ['{"a":1', /^it ends at position 6 .* where ',' or '}' should stand$/],
    ['[1}', /^at position 2 .*: expected ',' or ']'$/],
    ['{"a":01}', /^at position 6 /],
    ['nul', /^at position 0 /],
    ['\ufeff{}', /^at position 0 .*near '\\ufeff{}'/],
  ];
  for (const [text, said] of cases) {
    test(`${JSON.stringify(text)} is told where and what`, () => assert.match(jsonFault(text) ?? '', said));
  }

  test('is told for exactly the texts that JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      'null',
      ' ',
      '\n',
      '\\',
      '\\n',
      '\\u12',
      'é',
    );
    const broken = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(''));
    const edited = fc
      .tuple(fc.json(), fc.nat(), pieces)
      .map(
        ([text, at, piece]) => text.slice(0, at % (text.length + 1)) + piece + text.slice((at + 1) % (text.length + 1)),
      );
    fc.assert(
      fc.property(fc.oneof(broken, edited, fc.json()), (text) => {
        assert.equal(jsonFault(text) === undefined, isJson(text));
      }),
      { numRuns: 5000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // A refusal is the answer here.
    return false;
  }
}
