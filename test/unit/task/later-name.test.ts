import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { laterName } from '../../../src/task/later-name.ts';
import { jobNameFault } from '../../../src/task/names.ts';

describe('the name of a later attempt', () => {
  const table = [
    ['task', '1', 2, 'task-1-r2'],
    ['task', '36', 3, 'task-10-r3'],
    ['task', '9223372036854775807', 2, 'task-1y2p0ij32e8e7-r2'],
    [`${'a'.repeat(50)}`, '1', 2, `${'a'.repeat(40)}-1-r2`],
    [`${'a'.repeat(39)}-b`, '1', 2, `${'a'.repeat(39)}-1-r2`],
    [`${'a'.repeat(37)}.-.bcd`, '1', 2, `${'a'.repeat(37)}-1-r2`],
  ] as const;
  for (const [name, taskId, attempt, expected] of table) {
    it(`is ${expected} for attempt ${attempt} of ${name} (id ${taskId})`, () => {
      assert.equal(laterName(name, taskId, attempt), expected);
    });
  }

  it('gets a suffix when that very name is taken, and another one when that is taken too', () => {
    assert.equal(
      laterName('task-1-r2', '1', 2, () => 0.5),
      'task-1-r2-i000',
    );
    assert.equal(
      laterName('task-1-r2-i000', '1', 2, () => 0.25),
      'task-1-r2-9000',
    );
  });

  it('keeps less of the name before where the whole would be too long for a Job', () => {
    const longest = `${'a'.repeat(40)}-1y2p0ij32e8e7-r999`;
    const expected = `${'a'.repeat(39)}-1y2p0ij32e8e7-r999-i000`;
    assert.equal(
      laterName(longest, '9223372036854775807', 999, () => 0.5),
      expected,
    );
    assert.equal(laterName('a'.repeat(45), '9223372036854775807', 9_999_999).length, 63);
  });

  it('is always one that Kubernetes accepts, and differs from the one that is taken', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) =>
      labels
        .join('.')
        .slice(0, 63)
        .replace(/[.-]+$/, ''),
    );
    const taskId = fc.bigInt({ min: 1n, max: 9_223_372_036_854_775_807n }).map(String);
    fc.assert(
      fc.property(name, taskId, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (taken, id, attempt) => {
        const first = laterName(taken, id, attempt);
        const second = laterName(first, id, attempt);
        const third = laterName(second, id, attempt);
        for (const made of [first, second, third]) assert.equal(jobNameFault(made), undefined, made);
        assert.ok(first !== taken && first.includes(`-r${attempt}`));
        for (const made of [second, third]) assert.match(made, new RegExp(`-r${attempt}-[0-9a-z]{1,4}$`));
      }),
    );
  });
});
