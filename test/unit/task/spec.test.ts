import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSpec } from '../../../src/task/spec.ts';
import { maximumInfoBytes } from '../../../src/task/task.ts';
import { fullSpec } from '../../support/full-spec.ts';
import { faultOf, parseInfo } from './parsed-info.ts';

describe('info that asks for everything it may', () => {
  test('is read as it is written', () => {
    assert.deepEqual(parseInfo(fullSpec), { result: 'valid', spec: fullSpec });
  });
  for (const key of Object.keys(fullSpec)) {
    test(`is refused when ${key} is null, a boolean or a nested list`, () => {
      for (const value of [null, true, [[]]]) {
        assert.match(faultOf({ ...fullSpec, [key]: value }), new RegExp(`^${key}\\b`));
      }
    });
  }
});

describe('info that is too large', () => {
  test('is refused by its size in the database, without its text', () => {
    const parsed = parseSpec(undefined, 10_000_000);
    assert.deepEqual(parsed, { result: 'invalid', message: 'info has 10000000 bytes: at most 32768 are allowed' });
  });
  test('is refused by its length, whatever size is claimed', () => {
    assert.equal(parseSpec(`{"image":"x"}${' '.repeat(maximumInfoBytes)}`, 1).result, 'invalid');
  });
  test('is accepted up to the last byte', () => {
    const text = '{"image":"x"}'.padEnd(maximumInfoBytes);
    assert.equal(parseSpec(text, text.length).result, 'valid');
  });
});

test('of a key that is written twice the last counts, as in JSON', () => {
  assert.deepEqual(parseInfo('{"image":"a","image":"b"}'), { result: 'valid', spec: { image: 'b' } });
});
