import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aConfigInput, onlyFault } from './a-config-input.ts';

describe('parseConfig for run', () => {
  for (const [name, text] of [
    ['NIGHTWATCH_NAMESPACES', ''],
    ['NIGHTWATCH_NAMESPACES', 'default,default'],
    ['NIGHTWATCH_NAMESPACES', 'Default'],
    ['NIGHTWATCH_NAMESPACES', 'a.b'],
    ['NIGHTWATCH_NAMESPACES', 'kube-public'],
    ['NIGHTWATCH_NAMESPACES', 'default,,demo'],
    ['NIGHTWATCH_NAMESPACES', '*'],
    ['NIGHTWATCH_IMAGES', ''],
    ['NIGHTWATCH_IMAGES', 'al pine'],
    ['NIGHTWATCH_SERVICE_ACCOUNTS', 'Builder'],
    ['NIGHTWATCH_POD_SECURITY', 'demo'],
    ['NIGHTWATCH_POD_SECURITY', 'demo=lax'],
    ['NIGHTWATCH_POD_SECURITY', 'demo=baseline,demo=restricted'],
    ['NIGHTWATCH_POD_SECURITY', 'other=baseline'],
    ['NIGHTWATCH_POD_SECURITY', 'kube-system=baseline'],
    ['NIGHTWATCH_RUN_AS_USER', '0'],
    ['NIGHTWATCH_RUN_AS_USER', '2147483648'],
    ['NIGHTWATCH_RUN_AS_USER', '0x10'],
    ['NIGHTWATCH_MAX_CPU', '0'],
    ['NIGHTWATCH_MAX_CPU', 'lots'],
    ['NIGHTWATCH_MAX_MEMORY', '400m'],
    ['NIGHTWATCH_MAX_DEADLINE', '500ms'],
    ['NIGHTWATCH_MAX_PARALLELISM', '-1'],
    ['NIGHTWATCH_MAX_START_DEADLINE', '0s'],
    ['NIGHTWATCH_MAX_TERMINATION_GRACE', '30'],
    ['NIGHTWATCH_MAX_ATTEMPTS', '0'],
    ['NIGHTWATCH_CLEAN_UP_AFTER', 'never'],
    ['NIGHTWATCH_MAX_CLEAN_UP_AFTER', '367d'],
    ['NIGHTWATCH_KEEP_LOG', '2Mi'],
    ['NIGHTWATCH_KEEP_LOG', '1m'],
    ['NIGHTWATCH_MAX_LOG', 'lots'],
    ['NIGHTWATCH_KUBERNETES', 'localhost'],
    ['NIGHTWATCH_LOCK_NAME', 'Nightwatch'],
    ['NIGHTWATCH_LOCK_NAME', 'a'.repeat(65)],
    ['NIGHTWATCH_REPLICA', 'two words'],
    ['NIGHTWATCH_REPLICA', 'häuschen'],
    ['NIGHTWATCH_REPLICA', 'a'.repeat(65)],
    ['NIGHTWATCH_LEASE_RENEW', '0s'],
    ['NIGHTWATCH_DISPATCH_INTERVAL', '10'],
    ['NIGHTWATCH_CREATES_IN_FLIGHT', '0'],
    ['NIGHTWATCH_CREATES_IN_FLIGHT', '257'],
    ['NIGHTWATCH_CREATES_IN_FLIGHT', '1e2'],
    ['NIGHTWATCH_CREATE_LEASE', '1y'],
    ['NIGHTWATCH_HTTP_ADDR', '8080'],
    ['NIGHTWATCH_HTTP_ADDR', ':8080'],
    ['NIGHTWATCH_HTTP_ADDR', '0.0.0.0:65536'],
    ['NIGHTWATCH_HTTP_ADDR', '[::zz]:1'],
    ['NIGHTWATCH_LOG_LEVEL', 'INFO'],
    ['NIGHTWATCH_LOG_FORMAT', 'text'],
    ['NIGHTWATCH_WATCHERS', 'resync'],
    ['NIGHTWATCH_WATCHERS', 'resync=sometimes'],
    ['NIGHTWATCH_WATCHERS', 'resync=off;resync=off'],
    ['NIGHTWATCH_WATCHERS', 'Resync=off'],
    ['KUBECONFIG', '/a:/b'],
    ['NIGHTWATCH_LOST_NAMESPACES', 'demo'],
    ['NIGHTWATCH_ORPHANS', 'adopt'],
    ['NIGHTWATCH_ACCEPT_DELETED_JOBS', 'yes'],
    ['NIGHTWATCH_DATABASE_SINGLE_WRITER', ''],
  ] as const) {
    it(`refuses '${text.slice(0, 40)}' for ${name}`, () => {
      const fault = onlyFault(aConfigInput({ [name]: text }));
      assert.deepEqual([fault.name, fault.where], [name, 'environment']);
    });
  }

  for (const [name, maximumName, given, maximum] of [
    ['NIGHTWATCH_CLEAN_UP_AFTER', 'NIGHTWATCH_MAX_CLEAN_UP_AFTER', '2h', '90m'],
    ['NIGHTWATCH_KEEP_LOG', 'NIGHTWATCH_MAX_LOG', '64Ki', '32Ki'],
  ] as const) {
    it(`refuses a maximum below what rows get that do not say: ${name}`, () => {
      const fault = onlyFault(aConfigInput({ [name]: given, [maximumName]: maximum }));
      assert.deepEqual([fault.name, fault.given, fault.where], [name, given, 'environment']);
      assert.match(fault.allowed, new RegExp(`^no more than ${maximumName}, which is ${maximum}$`));
    });
  }

  for (const [what, environment] of [
    ['a renewal that does not fit', { NIGHTWATCH_LEASE_RENEW: '2.3s' }],
    ['a command that takes too long', { NIGHTWATCH_REDIS_TIMEOUT: '1.15s' }],
    ['work up to the hard end', { NIGHTWATCH_LEASE_WORK: '4.4s' }],
    ['a hard end at the TTL', { NIGHTWATCH_LEASE_HARD: '5s' }],
  ] as const) {
    it(`refuses lease timings with ${what}, and shows the numbers`, () => {
      const fault = onlyFault(aConfigInput(environment));
      assert.match(fault.name, /LEASE_RENEW.*_WORK.*_HARD.*_TTL.*REDIS_TIMEOUT/);
      assert.match(fault.given ?? '', /renew \S+ \+ 2 x Redis time-out \S+ = \S+, work \S+, hard \S+, TTL \S+/);
      assert.equal(fault.where, 'environment');
    });
  }
});
