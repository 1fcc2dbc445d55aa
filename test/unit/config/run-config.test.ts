import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { aConfigInput, faultsOf, validRunConfig } from './a-config-input.ts';

describe('parseConfig for run', () => {
  it('needs little, and has the documented defaults for the rest', () => {
    const { database, redis, watchers, ...config } = validRunConfig(aConfigInput());
    assert.equal(database.host, '127.0.0.1');
    assert.deepEqual(
      redis.map((address) => address.name),
      ['127.0.0.1:6379'],
    );
    assert.equal(watchers.size, 0);
    assert.deepEqual(config, {
      command: 'run',
      log: { level: 'info', format: 'auto' },
      kubernetes: { source: 'kubeconfig', path: '/home/somebody/.kube/config' },
      replica: 'host-1',
      lockName: 'nightwatch',
      lease: { ttlMs: 5_000, renewMs: 1_000, workMs: 3_300, hardMs: 4_400, redisTimeoutMs: 500 },
      campaignIntervalMs: 500,
      launch: {
        namespaces: ['default', 'demo'],
        imagePatterns: undefined,
        serviceAccounts: [],
        maxima: {
          cpuMillicores: undefined,
          memoryBytes: undefined,
          deadlineSeconds: undefined,
          startDeadlineSeconds: undefined,
          terminationGracePeriodSeconds: undefined,
          parallelism: undefined,
          attempts: undefined,
          ttlSecondsAfterFinished: undefined,
          logBytes: undefined,
        },
        podSecurity: {},
        runAsUser: 65_532,
        ttlSecondsAfterFinished: 604_800,
        cleanUpSeconds: 3_600,
        logBytes: 65_536,
      },
      dispatch: { intervalMs: 10, createsInFlight: 16, createLeaseMs: 30_000, createDeadlineMs: 3_600_000 },
      lostNamespaces: [],
      history: { keptSeconds: undefined, keptRows: undefined },
      orphans: 'keep',
      acceptsDeletedJobs: false,
      isSingleWriter: false,
      http: { host: '0.0.0.0', port: 8080 },
    });
  });

  it('takes all that is given', () => {
    const config = validRunConfig(
      aConfigInput({
        NIGHTWATCH_IMAGES: 'alpine:*, registry.example.com/team/*',
        NIGHTWATCH_SERVICE_ACCOUNTS: 'builder,deployer',
        NIGHTWATCH_POD_SECURITY: 'default=baseline,demo=privileged',
        NIGHTWATCH_RUN_AS_USER: '1000',
        NIGHTWATCH_MAX_CPU: '1500m',
        NIGHTWATCH_MAX_MEMORY: '2Gi',
        NIGHTWATCH_MAX_DEADLINE: '90m',
        NIGHTWATCH_MAX_PARALLELISM: '10',
        NIGHTWATCH_MAX_START_DEADLINE: '10m',
        NIGHTWATCH_MAX_TERMINATION_GRACE: '0s',
        NIGHTWATCH_MAX_ATTEMPTS: '5',
        NIGHTWATCH_CLEAN_UP_AFTER: '1500ms',
        NIGHTWATCH_MAX_CLEAN_UP_AFTER: '1d',
        NIGHTWATCH_KEEP_LOG: '0',
        NIGHTWATCH_MAX_LOG: '4Ki',
        NIGHTWATCH_KUBERNETES: 'in-cluster',
        KUBERNETES_SERVICE_HOST: '10.96.0.1',
        NIGHTWATCH_REPLICA: 'first/of(three)',
        NIGHTWATCH_WATCHERS: 'resync=@every 30s; nightly=0 0 3,15 * * *; cleanup=off',
        NIGHTWATCH_HTTP_ADDR: '[::1]:0',
        NIGHTWATCH_LOG_LEVEL: 'debug',
        NIGHTWATCH_LOG_FORMAT: 'json',
        NIGHTWATCH_LOST_NAMESPACES: 'gone,away',
        NIGHTWATCH_ORPHANS: 'delete',
        NIGHTWATCH_ACCEPT_DELETED_JOBS: 'true',
        NIGHTWATCH_DATABASE_SINGLE_WRITER: 'true',
      }),
    );
    assert.deepEqual(config.launch, {
      namespaces: ['default', 'demo'],
      imagePatterns: ['alpine:*', 'registry.example.com/team/*'],
      serviceAccounts: ['builder', 'deployer'],
      maxima: {
        cpuMillicores: 1_500,
        memoryBytes: 2 * 1024 ** 3,
        deadlineSeconds: 5_400,
        startDeadlineSeconds: 600,
        terminationGracePeriodSeconds: 0,
        parallelism: 10,
        attempts: 5,
        ttlSecondsAfterFinished: 86_400,
        logBytes: 4_096,
      },
      podSecurity: { default: 'baseline', demo: 'privileged' },
      runAsUser: 1_000,
      ttlSecondsAfterFinished: 604_800,
      cleanUpSeconds: 2,
      logBytes: 0,
    });
    assert.deepEqual(config.kubernetes, { source: 'in-cluster', server: 'https://10.96.0.1:443' });
    assert.deepEqual([config.replica, config.http], ['first/of(three)', { host: '::1', port: 0 }]);
    assert.deepEqual(config.log, { level: 'debug', format: 'json' });
    assert.deepEqual(config.lostNamespaces, ['gone', 'away']);
    assert.deepEqual([config.orphans, config.acceptsDeletedJobs, config.isSingleWriter], ['delete', true, true]);
    const schedules = [...config.watchers].map(([name, choice]) => [
      name,
      choice.state === 'on' ? choice.schedule.text : 'off',
    ]);
    assert.deepEqual(schedules, [
      ['resync', '@every 30s'],
      ['nightly', '0 0 3,15 * * *'],
      ['cleanup', 'off'],
    ]);
  });

  it('shows no secret when it is printed', () => {
    const config = validRunConfig(
      aConfigInput({ NIGHTWATCH_DATABASE_URL: 'mysql://u:hunter2@h/t', NIGHTWATCH_REDIS_URLS: 'redis://:hunter2@h' }),
    );
    assert.doesNotMatch(inspect(config, { depth: null }) + JSON.stringify(config), /hunter2/);
    assert.equal(config.database.password.reveal(), 'hunter2');
  });

  it('lets the classic slow timings through', () => {
    const { lease } = validRunConfig(
      aConfigInput({
        NIGHTWATCH_LEASE_TTL: '15s',
        NIGHTWATCH_LEASE_RENEW: '4s',
        NIGHTWATCH_LEASE_WORK: '10s',
        NIGHTWATCH_LEASE_HARD: '14.3s',
        NIGHTWATCH_REDIS_TIMEOUT: '0.8s',
      }),
    );
    assert.deepEqual(lease, { ttlMs: 15_000, renewMs: 4_000, workMs: 10_000, hardMs: 14_300, redisTimeoutMs: 800 });
  });

  it('reports all that is missing at once', () => {
    const faults = faultsOf(aConfigInput({}, { environment: {} }));
    assert.deepEqual(
      faults.map(({ name, given, where }) => [name, given, where]),
      ['NIGHTWATCH_DATABASE_URL', 'NIGHTWATCH_REDIS_URLS', 'NIGHTWATCH_NAMESPACES', 'NIGHTWATCH_KUBERNETES'].map(
        (name) => [name, undefined, 'environment'],
      ),
    );
  });

  it('reports faults of every kind at once', () => {
    const faults = faultsOf(
      aConfigInput({
        NIGHTWATCH_DATABASE_URL: undefined,
        NIGHTWATCH_REDIS_URL: 'redis://h',
        NIGHTWATCH_NAMESPACES: 'default,kube-system',
        NIGHTWATCH_CREATES_IN_FLIGHT: 'many',
        NIGHTWATCH_LEASE_TTL: '4s',
        NIGHTWATCH_KUBERNETES: 'in-cluster',
      }),
    );
    assert.deepEqual(
      faults.map((fault) => fault.name.split(',')[0]),
      [
        'NIGHTWATCH_REDIS_URL',
        'NIGHTWATCH_DATABASE_URL',
        'NIGHTWATCH_NAMESPACES',
        'NIGHTWATCH_CREATES_IN_FLIGHT',
        'NIGHTWATCH_KUBERNETES',
        'NIGHTWATCH_LEASE_RENEW',
      ],
    );
  });
});
