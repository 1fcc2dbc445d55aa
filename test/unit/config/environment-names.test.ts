import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { taskEnvironment } from '../../../src/task/task-environment.ts';
import { anAttempt } from '../../support/builders.ts';
import { aConfigInput, onlyFault, validRunConfig } from './a-config-input.ts';

describe('names in the environment', () => {
  for (const [name, near] of [
    ['NIGHTWATCH_REDIS_URL', 'NIGHTWATCH_REDIS_URLS'],
    ['NIGHTWATCH_NAMESPACE', 'NIGHTWATCH_NAMESPACES'],
    ['NIGHTWATCH_LOGLEVEL', 'NIGHTWATCH_LOG_LEVEL'],
    ['NIGHTWATCH_DATABASE_URL_FIEL', 'NIGHTWATCH_DATABASE_URL_FILE'],
  ] as const) {
    it(`that are misspelt are refused with what was meant: ${name}`, () => {
      const fault = onlyFault(aConfigInput({ [name]: 'hunter2' }));
      assert.equal(fault.name, name);
      assert.match(fault.allowed, new RegExp(`${near}\\?$`));
      assert.doesNotMatch(JSON.stringify(fault), /hunter2/);
    });
  }

  it('that have no file form are refused with it', () => {
    assert.equal(onlyFault(aConfigInput({ NIGHTWATCH_LOCK_NAME_FILE: '/x' })).name, 'NIGHTWATCH_LOCK_NAME_FILE');
  });

  it('that belong to tests or to others are left alone', () => {
    const environment = {
      NIGHTWATCH_TEST_KUBECONFIG: 'x',
      NIGHTWATCH_E2E_X: 'x',
      NIGHTWATCH_CACHE: '/x',
      NIGHTWATC: 'x',
      PATH: '/bin',
    };
    validRunConfig(aConfigInput(environment));
  });

  it('that nightwatch gives to the containers of tasks are left alone, so that it can be run as a task', () => {
    const variables = Object.keys(taskEnvironment(anAttempt(), 'any'));
    for (const name of variables) validRunConfig(aConfigInput({ [name]: '1' }));
  });

  it('that Kubernetes sets beside a Service called nightwatch are left alone', () => {
    validRunConfig(
      aConfigInput({
        NIGHTWATCH_SERVICE_HOST: '10.0.0.11',
        NIGHTWATCH_SERVICE_PORT: '8080',
        NIGHTWATCH_SERVICE_PORT_HTTP: '8080',
        NIGHTWATCH_PORT: 'tcp://10.0.0.11:8080',
        NIGHTWATCH_PORT_8080_TCP: 'tcp://10.0.0.11:8080',
        NIGHTWATCH_PORT_8080_TCP_PROTO: 'tcp',
        NIGHTWATCH_PORT_8080_TCP_ADDR: '10.0.0.11',
        NIGHTWATCH_REDIS_SERVICE_HOST: '10.0.0.12',
        NIGHTWATCH_REDIS_PORT: 'tcp://10.0.0.12:6379',
      }),
    );
  });

  it('are known even without a value, for an empty one is a value', () => {
    assert.equal(onlyFault(aConfigInput({ NIGHTWATCH_LEASE_TTL: '' })).given, '');
  });

  it('may include an empty KUBECONFIG, which means none', () => {
    const config = validRunConfig(aConfigInput({ KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '10.96.0.1' }));
    assert.deepEqual(config.kubernetes, { source: 'in-cluster', server: 'https://10.96.0.1:443' });
  });
});
