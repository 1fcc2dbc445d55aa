import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databaseAddress } from '../../../src/config/database-address.ts';

function parsed(text: string) {
  const result = databaseAddress.parse(text);
  assert.ok(result.result === 'valid', `${text} is refused`);
  const { password, ...address } = result.value;
  return { ...address, password: password.reveal() };
}

describe('the address of the database', () => {
  it('has all parts of the URL, with what is usual for those left out', () => {
    assert.deepEqual(parsed('mysql://night:watch@db.example.com:3307/tasks'), {
      host: 'db.example.com',
      port: 3307,
      user: 'night',
      password: 'watch',
      database: 'tasks',
      tls: { mode: 'verify', caFile: undefined },
    });
    assert.equal(parsed('mysql://night@db/tasks').port, 3306);
    assert.equal(parsed('mysql://night@db/tasks').password, '');
  });

  it('decodes what had to be encoded', () => {
    const { user, password, database } = parsed('mysql://a%40b:p%2F%3F%23%25%3A%40s@db/my%2Ddb');
    assert.deepEqual([user, password, database], ['a@b', 'p/?#%:@s', 'my-db']);
  });

  it('has an IPv6 address without brackets', () => {
    assert.equal(parsed('mysql://u:p@[fd00::1]:3306/t?tls=required').host, 'fd00::1');
  });

  for (const [url, tls] of [
    ['mysql://u:p@localhost/t', { mode: 'off' }],
    ['mysql://u:p@127.0.0.1/t', { mode: 'off' }],
    ['mysql://u:p@[::1]/t', { mode: 'off' }],
    ['mysql://u:p@127.0.0.1.example.com/t', { mode: 'verify', caFile: undefined }],
    ['mysql://u:p@127.0.0.1/t?tls=verify', { mode: 'verify', caFile: undefined }],
    ['mysql://u:p@10.0.0.1/t?tls=off', { mode: 'off' }],
    ['mysql://u:p@localhost/t?tls=required', { mode: 'required' }],
    ['mysql://u:p@localhost/t?tls=verify', { mode: 'verify', caFile: undefined }],
    ['mysql://u:p@localhost/t?tlsCa=/etc/ca.pem', { mode: 'verify', caFile: '/etc/ca.pem' }],
    ['mysql://u:p@db/t?tls=verify&tlsCa=/etc/my%20ca.pem', { mode: 'verify', caFile: '/etc/my ca.pem' }],
  ] as const) {
    it(`protects ${url} by ${tls.mode}`, () => {
      assert.deepEqual(parsed(url).tls, tls);
    });
  }

  for (const url of [
    '',
    'localhost',
    'postgres://u:p@h/t',
    'mysql:u:p@h/t',
    'mysql://u:p@/t',
    'mysql://:p@h/t',
    'mysql://h/t',
    'mysql://u:p@h',
    'mysql://u:p@h/',
    'mysql://u:p@h/a/b',
    'mysql://u:p@h/t.x',
    'mysql://u:p@h:0/t',
    'mysql://u:p@h:70000/t',
    'mysql://u:p%zz@h/t',
    'mysql://u:sec#ret@h/t',
    'mysql://u:sec?ret@h/t',
    'mysql://u:sec/ret@h/t',
    'mysql://u:p@h/t#x',
    'mysql://u:p@10.0.0.1/t',
    'mysql://u:p@[fd00::1]/t?tls=verify',
    'mysql://u:p@h/t?tls=maybe',
    'mysql://u:p@h/t?tls=',
    'mysql://u:p@h/t?tls=off&tls=verify',
    'mysql://u:p@h/t?tls=off&tlsCa=/ca.pem',
    'mysql://u:p@h/t?tls=required&tlsCa=/ca.pem',
    'mysql://u:p@h/t?tlsCa=',
    'mysql://u:p@h/t?ssl=true',
  ]) {
    it(`is not '${url}'`, () => {
      const result = databaseAddress.parse(url);
      assert.equal(result.result, 'invalid');
      assert.doesNotMatch(result.problem ?? '', /sec|ret\b/);
    });
  }
});
