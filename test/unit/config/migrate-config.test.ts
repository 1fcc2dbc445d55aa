import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { aConfigInput, faultsOf, onlyFault } from './a-config-input.ts';

describe('parseConfig for migrate', () => {
  it('needs the database alone', () => {
    const environment = { NIGHTWATCH_DATABASE_URL: 'mysql://root:x@h/t?tls=off' };
    const parsed = parseConfig(aConfigInput({}, { command: 'migrate', environment }));
    assert.ok(parsed.result === 'valid');
    assert.deepEqual(new Set(Object.keys(parsed.config)), new Set(['command', 'database', 'log']));
  });

  it('says that the database is missing, and nothing else', () => {
    const fault = onlyFault(aConfigInput({}, { command: 'migrate', environment: {} }));
    assert.equal(fault.name, 'NIGHTWATCH_DATABASE_URL');
  });

  it('does not look at what only run uses, nor read its secrets', () => {
    const environment = {
      NIGHTWATCH_LEASE_TTL: 'soon',
      NIGHTWATCH_REDIS_URLS: undefined,
      NIGHTWATCH_REDIS_URLS_FILE: '/not/mounted',
    };
    assert.deepEqual(faultsOf(aConfigInput(environment, { command: 'migrate' })), []);
  });

  it('tells misspelt names all the same', () => {
    assert.equal(
      onlyFault(aConfigInput({ NIGHTWATCH_LEASE_TLL: '1s' }, { command: 'migrate' })).name,
      'NIGHTWATCH_LEASE_TLL',
    );
  });
});
