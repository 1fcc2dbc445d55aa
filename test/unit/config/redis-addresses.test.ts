import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redisAddresses } from '../../../src/config/redis-addresses.ts';

function parsed(given: string | readonly string[]) {
  const result = redisAddresses.parse(given);
  assert.ok(result.result === 'valid', `${given} is refused`);
  return result.value.map((address) => ({ ...address, password: address.password?.reveal() }));
}

function someServers(count: number): string {
  return Array.from({ length: count }, (_, index) => `redis://r${index}:6379`).join(',');
}

describe('the addresses of Redis', () => {
  it('have all parts of their URLs, with what is usual for those left out', () => {
    assert.deepEqual(parsed('rediss://night:w%40tch@Redis.example.com:6380/3'), [
      {
        name: 'redis.example.com:6380',
        host: 'redis.example.com',
        port: 6380,
        user: 'night',
        password: 'w@tch',
        database: 3,
        tls: true,
      },
    ]);
    assert.deepEqual(parsed('redis://[fd00::1]'), [
      {
        name: '[fd00::1]:6379',
        host: 'fd00::1',
        port: 6379,
        user: undefined,
        password: undefined,
        database: 0,
        tls: false,
      },
    ]);
  });

  it('may be a list, and keep their order', () => {
    const names = parsed(['redis://c:1', 'redis://a:1', 'redis://b:1']).map((address) => address.name);
    assert.deepEqual(names, ['c:1', 'a:1', 'b:1']);
  });

  for (const count of [1, 3, 5, 7, 9]) {
    it(`may be ${count}`, () => {
      assert.equal(parsed(someServers(count)).length, count);
    });
  }

  for (const count of [0, 2, 4, 10, 11]) {
    it(`may not be ${count}`, () => {
      assert.equal(redisAddresses.parse(someServers(count)).result, 'invalid');
    });
  }

  for (const url of [
    'localhost:6379',
    'http://h:6379',
    'redis://',
    'redis://h:0',
    'redis://h:70000',
    'redis://h/x',
    'redis://h/1/2',
    'redis://h?db=1',
    'redis://:sec#ret@h',
    'redis://:p%zz@h',
    'redis://r0:6379,redis://R0,redis://r1',
    'redis://r0:6379/0,redis://r0:6379/1,redis://r1',
    'redis://r0,,redis://r1',
  ]) {
    it(`are not '${url}'`, () => {
      const result = redisAddresses.parse(url);
      assert.equal(result.result, 'invalid');
      assert.doesNotMatch(result.problem ?? '', /sec|ret\b/);
    });
  }
});
