import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { translateMysqlError } from '../../../../src/store/mysql/mysql-error.ts';
import { StoreError } from '../../../../src/store/store-error.ts';

/** An error as mysql2 throws it. */
function anError(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields);
}

const byNumber = [
  ['a deadlock', 1213, 'retry'],
  ['a lock wait', 1205, 'lock-wait'],
  ['--read-only', 1290, 'demoted'],
  ['a read-only transaction', 1792, 'demoted'],
  ['read-only mode', 1836, 'demoted'],
  ['a shutdown', 1053, 'unknown'],
  ['a killed query', 1317, 'unknown'],
  ['a killed connection', 1927, 'unknown'],
  ['too many connections', 1040, 'unknown'],
  ['access denied', 1045, 'configuration'],
  ['a database that is not ours', 1044, 'configuration'],
  ['a table that is missing', 1146, 'configuration'],
  ['a column that is missing', 1054, 'configuration'],
  ['a right that is missing', 1142, 'configuration'],
  ['a syntax error', 1064, 'unexpected'],
  ['a value that is too long', 1406, 'unexpected'],
] as const;

const byWords = [
  ['a reset', anError('read ECONNRESET', { code: 'ECONNRESET', errno: -104 }), 'unknown'],
  [
    'nobody listening',
    anError('connect ECONNREFUSED 127.0.0.1:3306', { code: 'ECONNREFUSED', errno: -111 }),
    'unknown',
  ],
  ['a connection time-out', anError('connect ETIMEDOUT', { code: 'ETIMEDOUT', errorno: 'ETIMEDOUT' }), 'unknown'],
  ['a name that is not found', anError('getaddrinfo ENOTFOUND db', { code: 'ENOTFOUND', errno: -3008 }), 'unknown'],
  [
    'a connection that is lost',
    anError('Connection lost: The server closed the connection.', { code: 'PROTOCOL_CONNECTION_LOST' }),
    'unknown',
  ],
  ['a closed connection', new Error("Can't add new command when connection is in closed state"), 'unknown'],
  ['a defect of ours', new TypeError('x is not a function'), 'unexpected'],
  ['a word', 'gone', 'unexpected'],
  ['nothing', undefined, 'unexpected'],
] as const;

describe('an error of the database driver', () => {
  for (const [what, errno, kind] of byNumber) {
    it(`is ${kind} when it tells of ${what} (${errno})`, () => {
      const error = anError('so', { errno, code: 'ER_SO' });
      const translated = translateMysqlError(error);
      assert.deepEqual([translated.kind, translated.message, translated.cause], [kind, 'so', error]);
    });
  }

  for (const [what, error, kind] of byWords) {
    it(`is ${kind} when it tells of ${what}`, () => assert.equal(translateMysqlError(error).kind, kind));
  }

  it('is translated once', () => {
    const error = new StoreError('retry', 'so', { cause: undefined });
    assert.equal(translateMysqlError(error), error);
  });

  it("is not taken for a lost connection because a row's text speaks of one", () => {
    const error = anError("Incorrect string value: 'connection closed' for column 'message' at row 1", { errno: 1366 });
    assert.equal(translateMysqlError(error).kind, 'unexpected');
  });

  for (const [what, errno] of [
    ['the table is full', 1114],
    ['the disk is full', 1021],
    ['the storage engine is in trouble', 1030],
    ['the server is out of memory', 1041],
    ['the cluster node is not ready', 1047],
  ] as const) {
    it(`is no fault of a row when it says that ${what} (${errno})`, () => {
      assert.notEqual(translateMysqlError(anError('so', { errno, code: 'ER_SO' })).kind, 'unexpected');
    });
  }
});
