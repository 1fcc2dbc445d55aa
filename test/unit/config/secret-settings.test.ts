import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeFaults } from '../../../src/config/describe-faults.ts';
import { aConfigInput, faultsOf, onlyFault, validRunConfig } from './a-config-input.ts';

describe('secrets', () => {
  const url = 'mysql://u:hunter2@localhost/t';
  const fromFile = { NIGHTWATCH_DATABASE_URL: undefined, NIGHTWATCH_DATABASE_URL_FILE: '/run/secrets/database' };

  for (const ending of ['', '\n', '\r\n']) {
    it(`may come from a file that ends in ${JSON.stringify(ending)}`, () => {
      const asked: string[] = [];
      const config = validRunConfig(
        aConfigInput(fromFile, {
          readSecretFile: (path) => {
            asked.push(path);
            return { result: 'read', text: `${url}${ending}` };
          },
        }),
      );
      assert.equal(config.database.password.reveal(), 'hunter2');
      assert.deepEqual(asked, ['/run/secrets/database']);
    });
  }

  it('may be given one way only', () => {
    const fault = onlyFault(aConfigInput({ ...fromFile, NIGHTWATCH_DATABASE_URL: url }));
    assert.equal(fault.name, 'NIGHTWATCH_DATABASE_URL');
    assert.match(fault.allowed, /not both/);
    assert.doesNotMatch(JSON.stringify(fault), /hunter2/);
  });

  it('of the environment win over those of the file, whichever way they are given', () => {
    const file = { path: '/x.yaml', text: 'NIGHTWATCH_DATABASE_URL_FILE: /not/read' };
    const config = validRunConfig(aConfigInput({ NIGHTWATCH_DATABASE_URL: url }, { file }));
    assert.equal(config.database.password.reveal(), 'hunter2');
  });

  it('that cannot be read are a fault that names the path', () => {
    const fault = onlyFault(
      aConfigInput(fromFile, { readSecretFile: () => ({ result: 'unreadable', reason: 'there is no such file' }) }),
    );
    assert.deepEqual(
      [fault.name, fault.given, fault.problem],
      ['NIGHTWATCH_DATABASE_URL_FILE', '/run/secrets/database', 'there is no such file'],
    );
  });

  for (const environment of [
    { NIGHTWATCH_DATABASE_URL: 'mysql://u:hunter2@h:99999/t' },
    { NIGHTWATCH_DATABASE_URL: 'mysql://u:p@h/t?hunter2=1' },
    { NIGHTWATCH_DATABASE_URL: 'hunter2' },
    { NIGHTWATCH_REDIS_URLS: 'redis://:hunter2@h,redis://g' },
    { NIGHTWATCH_REDIS_URLS: 'hunter2' },
    { NIGHTWATCH_REDIS_URLS: 'redis://:p@hunter2ord@h:99999' },
    { NIGHTWATCH_REDIS_URLS: 'redis://h/hunter2' },
  ]) {
    it(`are hidden in faults: ${JSON.stringify(environment)}`, () => {
      const faults = faultsOf(aConfigInput(environment));
      assert.equal(faults[0]?.given, '***');
      assert.doesNotMatch(describeFaults(faults), /hunter2/);
    });
  }
});
