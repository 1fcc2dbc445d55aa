import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSpec } from '../../../src/task/spec.ts';
import { maximumInfoBytes } from '../../../src/task/task.ts';
import { faultOf, parseInfo } from './parsed-info.ts';

describe('info that asks for everything it may', () => {
  const everything = {
    image: 'registry.example.com/app:1',
    command: ['sh', '-c'],
    args: ['echo $(NAME)', ''],
    env: { NAME: 'x', 'with.dots and spaces': '', constructor: 'fine' },
    workingDir: '/tmp',
    resources: {
      requests: { cpu: '250m', memory: '64Mi', 'ephemeral-storage': '1Gi' },
      limits: { cpu: '1', memory: '64Mi' },
    },
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: ['registry-key'],
    serviceAccountName: 'builder',
    labels: { team: 'a', 'example.com/x': '' },
    annotations: { 'example.com/note': 'any text: ü' },
    deadlineSeconds: 3600,
    backoffLimit: 0,
    parallelism: 2,
    completions: 10,
  };
  test('is read as it is written', () => {
    assert.deepEqual(parseInfo(everything), { result: 'valid', spec: everything });
  });
  for (const key of Object.keys(everything)) {
    test(`is refused when ${key} is null, a boolean or a nested list`, () => {
      for (const value of [null, true, [[]]]) {
        assert.match(faultOf({ ...everything, [key]: value }), new RegExp(`^${key}\\b`));
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
