import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { specJsonSchema } from '../../../src/task/spec-json-schema.ts';
import { conforms } from '../../support/conforms.ts';
import { fullSpec } from '../../support/full-spec.ts';
import { hostileInfo } from '../security/hostile-info.ts';
import { nearlyRightInfo } from './nearly-right-info.ts';
import { parseInfo } from './parsed-info.ts';

const schema = specJsonSchema();

describe('the JSON Schema of info', () => {
  for (const [what, info] of [
    ['as little as there may be', { image: 'alpine' }],
    ['everything at once', fullSpec],
    ['no log', { image: 'x', log: false }],
  ] as const) {
    test(`lets ${what} pass`, () => assert.ok(conforms(info, schema)));
  }

  for (const [what, info] of [
    ['no object', []],
    ['nothing', {}],
    ['an empty image', { image: '' }],
    ['a misspelt key', { image: 'x', comand: [] }],
    ['a misspelt key further inside', { image: 'x', retry: { maxAttempts: 2, backOff: { factr: 2 } } }],
    ['a number as an argument', { image: 'x', args: [1] }],
    ['a number as a variable', { image: 'x', env: { A: 1 } }],
    ['a variable of ours', { image: 'x', env: { NIGHTWATCH_TASK_ID: '1' } }],
    ['a relative directory', { image: 'x', workingDir: 'tmp' }],
    ['an amount as a number', { image: 'x', resources: { limits: { cpu: 1 } } }],
    ['an amount in words', { image: 'x', resources: { limits: { memory: 'a lot' } } }],
    ['a wrong word', { image: 'x', imagePullPolicy: 'always' }],
    ['a wrong name', { image: 'x', serviceAccountName: 'Builder' }],
    ['a fraction', { image: 'x', backoffLimit: 0.5 }],
    ['a number out of range', { image: 'x', parallelism: 10_001 }],
    ['too many secrets', { image: 'x', imagePullSecrets: Array(17).fill('a') }],
    ['a log switched on', { image: 'x', log: true }],
    ['a rule about nothing', { image: 'x', podFailurePolicy: { rules: [{ action: 'Count' }] } }],
    ['a retry without a number', { image: 'x', retry: {} }],
    ['a retry for nothing known', { image: 'x', retry: { maxAttempts: 2, on: ['Cancelled'] } }],
    ['an exit code twice', { image: 'x', retry: { maxAttempts: 2, on: [{ exitCodes: [1, 1] }] } }],
    ['two layers that repeat', { image: 'x', retry: { maxAttempts: 2 }, backoffLimit: 1 }],
    ['indexes without a number of them', { image: 'x', completionMode: 'Indexed' }],
    ['a limit for indexes where there are none', { image: 'x', completions: 2, backoffLimitPerIndex: 1 }],
    ['failed indexes that none can be', { image: 'x', completionMode: 'Indexed', completions: 2, maxFailedIndexes: 1 }],
  ] as const) {
    test(`refuses ${what}, as nightwatch does`, () => {
      assert.ok(!conforms(info, schema));
      assert.equal(parseInfo(info).result, 'invalid');
    });
  }

  for (const [key, value] of Object.entries(fullSpec)) {
    test(`refuses null, and a nested list, as ${key}, and knows what is right`, () => {
      for (const wrong of [null, [[]]]) assert.ok(!conforms({ ...fullSpec, [key]: wrong }, schema));
      const properties = Object(schema.properties);
      assert.ok(conforms(value, properties[key]));
    });
  }

  test('lets everything pass that nightwatch accepts', () => {
    let accepted = 0;
    const infos = fc.oneof(
      hostileInfo,
      nearlyRightInfo.map(({ text }) => text),
    );
    fc.assert(
      fc.property(infos, (text) => {
        if (parseInfo(text).result === 'invalid') return;
        accepted += 1;
        assert.ok(conforms(JSON.parse(text), schema));
      }),
      { numRuns: 3_000 },
    );
    assert.ok(accepted > 100, `only ${accepted} were accepted`);
  });
});
