import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobAnnotations, podAnnotations, readRetryPolicy, readWholeNumber } from '../../../src/task/job-annotations.ts';
import { aPolicy, aSpec } from '../../support/builders.ts';
import { fullSpec } from '../../support/full-spec.ts';

describe('the annotations of a Job', () => {
  test('say what its row asks for, for whoever leads when it ends', () => {
    assert.deepEqual(jobAnnotations(fullSpec, aPolicy()), {
      'nightwatch.dev/retry':
        '{"maxAttempts":3,"backOff":{"initialSeconds":1,"factor":1.5,"maximumSeconds":60,"jitter":0.2},"on":["Infrastructure","OOMKilled","ImagePull",{"exitCodes":[75]}]}',
      'nightwatch.dev/start-deadline-seconds': '60',
      'nightwatch.dev/clean-up-seconds': '300',
      'nightwatch.dev/log-bytes': '4096',
    });
  });

  test('say the same of the same retry, in whatever order its row has it, and with the defaults of that day', () => {
    const annotationOf = (info: string) => jobAnnotations(JSON.parse(info), aPolicy())['nightwatch.dev/retry'];
    const full = '{"backOff":{"jitter":0.1,"factor":2,"maximumSeconds":300,"initialSeconds":10},"maxAttempts":2}';
    assert.equal(annotationOf(`{"retry":${full}}`), annotationOf('{"retry":{"maxAttempts":2}}'));
  });

  test('are none where the configuration decides', () => {
    assert.deepEqual(jobAnnotations(aSpec(), aPolicy()), {});
  });

  test('say that no log is wanted, on the pods too', () => {
    const spec = aSpec({ log: false });
    assert.deepEqual(jobAnnotations(spec, aPolicy()), { 'nightwatch.dev/log-bytes': '0' });
    assert.deepEqual(podAnnotations(spec), { 'nightwatch.dev/log-bytes': '0' });
    assert.deepEqual(Object.keys(podAnnotations(fullSpec)), ['nightwatch.dev/log-bytes']);
  });
});

describe('an annotation that somebody has edited', () => {
  for (const text of [
    undefined,
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"maxAttempts":0}',
    '{"maxAttempts":1e9}',
    '{"maxAttempts":2,"on":["x"]}',
    '{"maxAttempts":2,"__proto__":{}}',
  ]) {
    test(`to ${text} is no retry policy`, () => {
      assert.equal(readRetryPolicy(text), undefined);
    });
  }
  for (const [text, number] of [
    ['0', 0],
    ['4096', 4096],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    [' 1', undefined],
    ['99999999999', undefined],
    [undefined, undefined],
  ] as const) {
    test(`to ${text} is ${number === undefined ? 'no number' : 'a number'}`, () => {
      assert.equal(readWholeNumber(text), number);
    });
  }
});
