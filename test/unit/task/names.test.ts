import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobNameFault, namespaceFault, objectNameFault } from '../../../src/task/names.ts';

const longest = 'x'.repeat(63);

describe('the name of a Job', () => {
  for (const name of ['demo-task-1', 'a', '1', '0-0', 'a.b', 'v1.2.3', longest]) {
    test(`may be ${name}`, () => assert.equal(jobNameFault(name), undefined));
  }

  const faults: readonly (readonly [name: string, said: RegExp])[] = [
    ['', /the name is empty: write 1 to 63/],
    ['Demo_Task', /'Demo_Task' has 'D' at position 1: .*, such as 'demo-task'/],
    ['demo task', /has ' ' at position 5: .*, such as 'demo-task'/],
    ['👍x', /has '👍' at position 1/],
    ['x👍é', /has '👍' at position 2/],
    ['任务', /has '任' at position 1/],
    ['a\u0000', /has '\\u0000' at position 2/],
    ['a\n', /has '\\u000a' at position 2/],
    ['a/b', /has '\/' at position 2/],
    ['-a', /'-a' is wrong at position 1: .*, such as 'a'/],
    ['a-', /'a-' is wrong at position 2/],
    ['.a', /wrong at position 1/],
    ['a.', /wrong at position 2/],
    ['a..b', /wrong at position 3: .*, such as 'a.b'/],
    ['a-.b', /wrong at position 2/],
    ['a.-b', /wrong at position 3/],
    ['.', /wrong at position 1/],
    [`${longest}x`, /has 64 characters: at most 63 are right, because/],
  ];
  for (const [name, said] of faults) {
    test(`may not be ${JSON.stringify(name)}`, () => assert.match(jobNameFault(name) ?? '', said));
  }

  test('is never answered with a suggestion that is itself wrong', () => {
    for (const [name] of faults) {
      const suggestion = /such as '([^']*)'/.exec(jobNameFault(name) ?? '')?.[1];
      if (suggestion !== undefined) assert.equal(jobNameFault(suggestion), undefined);
    }
  });
});

describe('a namespace', () => {
  for (const name of ['default', 'demo', '7', longest]) {
    test(`may be ${name}`, () => assert.equal(namespaceFault(name), undefined));
  }
  for (const name of ['', 'a.b', 'Demo', '-demo', 'demo-', 'de mo', `${longest}x`]) {
    test(`may not be ${JSON.stringify(name)}`, () => assert.match(namespaceFault(name) ?? '', /^the namespace /));
  }
});

test('a secret or service account may have 253 characters and dots, and no more', () => {
  assert.equal(objectNameFault(`a.${'b'.repeat(251)}`), undefined);
  assert.match(objectNameFault('b'.repeat(254)) ?? '', /at most 253/);
});
