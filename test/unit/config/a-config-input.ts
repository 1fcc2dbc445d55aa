import assert from 'node:assert/strict';
import { type ConfigInput, parseConfig } from '../../../src/config/parse-config.ts';
import type { ConfigFault } from '../../../src/config/setting.ts';
import type { RunConfig } from '../../../src/config.ts';

/** The least that `run` can be started with. */
export const leastEnvironment = {
  NIGHTWATCH_DATABASE_URL: 'mysql://night:watch@127.0.0.1:3306/tasks',
  NIGHTWATCH_REDIS_URLS: 'redis://127.0.0.1:6379',
  NIGHTWATCH_NAMESPACES: 'default,demo',
  KUBECONFIG: '/home/somebody/.kube/config',
} as const;

/** What `run` gets by default, with some of the environment set otherwise; undefined takes a name away. */
export function aConfigInput(
  environment: Readonly<Record<string, string | undefined>> = {},
  overrides: Partial<ConfigInput> = {},
): ConfigInput {
  return {
    command: 'run',
    environment: { ...leastEnvironment, ...environment },
    file: undefined,
    readSecretFile: (path) => assert.fail(`${path} is read`),
    defaultReplica: 'host-1',
    ...overrides,
  };
}

export function validRunConfig(input: ConfigInput): RunConfig {
  const parsed = parseConfig(input);
  assert.deepEqual(parsed.result === 'invalid' ? parsed.faults : [], []);
  assert.ok(parsed.result === 'valid' && parsed.config.command === 'run');
  return parsed.config;
}

export function faultsOf(input: ConfigInput): readonly ConfigFault[] {
  const parsed = parseConfig(input);
  return parsed.result === 'invalid' ? parsed.faults : [];
}

/** The one fault that an input has. */
export function onlyFault(input: ConfigInput): ConfigFault {
  const [fault, ...more] = faultsOf(input);
  assert.ok(fault !== undefined, 'it is valid');
  assert.deepEqual(more, []);
  return fault;
}
