import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorRecord } from '../../../src/log/error-record.ts';

describe('errorRecord', () => {
  it('keeps name, message, code and causes', () => {
    class StoreError extends Error {
      override readonly name = 'StoreError';
    }
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', errno: -111, sql: 'SELECT 1' });
    assert.deepEqual(errorRecord(new StoreError('cannot read rows', { cause }), false), {
      type: 'StoreError',
      message: 'cannot read rows',
      cause: { type: 'Error', message: 'refused', code: 'ECONNREFUSED' },
    });
  });

  it('keeps what the API server said to people, of its whole answer', () => {
    const body = '{"kind":"Status","message":"jobs.batch is forbidden"}';
    const exception = Object.assign(new Error(`HTTP-Code: 403 Body: ${body} Headers: {}`), { code: 403, body });
    assert.deepEqual(errorRecord(exception, false), { type: 'Error', message: 'jobs.batch is forbidden', code: 403 });
  });

  for (const body of ['<html>', '', '[]', 'null', '{"message":{"deep":1}}', undefined]) {
    it(`says little of an answer without a message: ${body}`, () => {
      const exception = Object.assign(new Error('Headers: {"authorization":"x"}'), { code: 502, body });
      assert.equal(errorRecord(exception, false).message, 'the API server answered with an error');
    });
  }

  it('makes one short line of any message', () => {
    const { message } = errorRecord(new Error(`\u001b[31mred\n${'long '.repeat(100_000)}\ud800`), false);
    assert.equal(message.length, 500);
    assert.doesNotMatch(message, /\p{Cc}|\p{Cs}/u);
  });

  it('does not take the answer of MySQL to a wrong password for one', () => {
    const message = "Access denied for user 'night'@'localhost' (using password: YES)";
    assert.equal(errorRecord(new Error(message), false).message, message);
  });

  it('has a stack when asked for, and else only if a bug threw the error', () => {
    const hasStack = (error: Error, withStack: boolean) =>
      errorRecord(error, withStack).stack?.[0]?.startsWith('at ') === true;
    assert.equal(hasStack(new Error('expected'), true), true);
    assert.equal(hasStack(new Error('expected'), false), false);
    assert.equal(hasStack(new TypeError('x is undefined'), false), true);
    assert.equal(hasStack(new TypeError('fetch failed', { cause: new Error('reset') }), false), false);
  });

  it('ends, when an error is its own cause', () => {
    const circular = new Error('circular');
    circular.cause = circular;
    assert.ok(JSON.stringify(errorRecord(circular, false)).length < 500);
  });

  it('survives an error that breaks when it is read', () => {
    const broken = Object.defineProperty(new Error('broken'), 'message', { get: () => assert.fail('read') });
    assert.equal(errorRecord(broken, false).type, 'unreadable');
  });

  it('shows the first three of many that happened together', () => {
    const errors = [1, 2, 3, 4].map((number) => new Error(`number ${number}`));
    const { errors: shown } = errorRecord(new AggregateError(errors, 'all failed'), false);
    assert.deepEqual(
      shown?.map((error) => error.message),
      ['number 1', 'number 2', 'number 3'],
    );
  });

  for (const [thrown, expected] of [
    ['a text', { type: 'string', message: 'a text' }],
    [undefined, { type: 'undefined', message: 'undefined' }],
    [{ message: 'not an Error' }, { type: 'object', message: 'not an Error' }],
    [Object.create(null), { type: 'unreadable', message: 'an error that cannot be read' }],
  ] as const) {
    it(`takes ${typeof thrown} for what was thrown: ${expected.message}`, () => {
      assert.deepEqual(errorRecord(thrown, true), expected);
    });
  }
});
