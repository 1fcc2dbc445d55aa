import type { MigrateConfig, RunConfig } from '../config.ts';
import { defaultTtlSecondsAfterFinished, type LaunchMaxima } from '../task/policy.ts';
import type { KubernetesAccess } from './kubernetes-access.ts';
import type { SettingValues } from './settings.ts';

type SharedValues = Pick<SettingValues, 'NIGHTWATCH_DATABASE_URL' | 'NIGHTWATCH_LOG_LEVEL' | 'NIGHTWATCH_LOG_FORMAT'>;

/** Gives the values of settings the shape that `migrate` works with. */
export function assembleMigrateConfig(values: SharedValues): MigrateConfig {
  return { command: 'migrate', ...sharedOf(values) };
}

/** Gives the values of settings the shape that `run` works with. */
export function assembleRunConfig(
  values: SettingValues,
  kubernetes: KubernetesAccess,
  defaultReplica: string,
): RunConfig {
  return {
    command: 'run',
    ...sharedOf(values),
    isSingleWriter: values.NIGHTWATCH_DATABASE_SINGLE_WRITER,
    redis: values.NIGHTWATCH_REDIS_URLS,
    kubernetes,
    replica: values.NIGHTWATCH_REPLICA ?? defaultReplica,
    lockName: values.NIGHTWATCH_LOCK_NAME,
    lease: {
      ttlMs: values.NIGHTWATCH_LEASE_TTL,
      renewMs: values.NIGHTWATCH_LEASE_RENEW,
      workMs: values.NIGHTWATCH_LEASE_WORK,
      hardMs: values.NIGHTWATCH_LEASE_HARD,
      redisTimeoutMs: values.NIGHTWATCH_REDIS_TIMEOUT,
    },
    campaignIntervalMs: values.NIGHTWATCH_CAMPAIGN_INTERVAL,
    launch: launchOf(values),
    dispatch: {
      intervalMs: values.NIGHTWATCH_DISPATCH_INTERVAL,
      createsInFlight: values.NIGHTWATCH_CREATES_IN_FLIGHT,
      createLeaseMs: values.NIGHTWATCH_CREATE_LEASE,
      createDeadlineMs: values.NIGHTWATCH_CREATE_DEADLINE,
    },
    history: {
      keptSeconds: wholeSeconds(values.NIGHTWATCH_KEEP_ENDED),
      keptRows: values.NIGHTWATCH_KEEP_ENDED_ROWS,
    },
    lostNamespaces: values.NIGHTWATCH_LOST_NAMESPACES,
    orphans: values.NIGHTWATCH_ORPHANS,
    acceptsDeletedJobs: values.NIGHTWATCH_ACCEPT_DELETED_JOBS,
    watchers: values.NIGHTWATCH_WATCHERS,
    http: values.NIGHTWATCH_HTTP_ADDR,
  };
}

function sharedOf(values: SharedValues): Pick<RunConfig, 'database' | 'log'> {
  return {
    database: values.NIGHTWATCH_DATABASE_URL,
    log: { level: values.NIGHTWATCH_LOG_LEVEL, format: values.NIGHTWATCH_LOG_FORMAT },
  };
}

function launchOf(values: SettingValues): RunConfig['launch'] {
  return {
    namespaces: values.NIGHTWATCH_NAMESPACES,
    imagePatterns: values.NIGHTWATCH_IMAGES,
    serviceAccounts: values.NIGHTWATCH_SERVICE_ACCOUNTS,
    maxima: maximaOf(values),
    podSecurity: Object.fromEntries(values.NIGHTWATCH_POD_SECURITY),
    runAsUser: values.NIGHTWATCH_RUN_AS_USER,
    ttlSecondsAfterFinished: defaultTtlSecondsAfterFinished,
    cleanUpSeconds: Math.ceil(values.NIGHTWATCH_CLEAN_UP_AFTER / 1_000),
    logBytes: values.NIGHTWATCH_KEEP_LOG,
  };
}

function maximaOf(values: SettingValues): LaunchMaxima {
  return {
    cpuMillicores: values.NIGHTWATCH_MAX_CPU,
    memoryBytes: values.NIGHTWATCH_MAX_MEMORY,
    deadlineSeconds: wholeSeconds(values.NIGHTWATCH_MAX_DEADLINE),
    startDeadlineSeconds: wholeSeconds(values.NIGHTWATCH_MAX_START_DEADLINE),
    terminationGracePeriodSeconds: wholeSeconds(values.NIGHTWATCH_MAX_TERMINATION_GRACE),
    parallelism: values.NIGHTWATCH_MAX_PARALLELISM,
    attempts: values.NIGHTWATCH_MAX_ATTEMPTS,
    ttlSecondsAfterFinished: wholeSeconds(values.NIGHTWATCH_MAX_CLEAN_UP_AFTER),
    logBytes: values.NIGHTWATCH_MAX_LOG,
  };
}

/** Rounded down: a maximum may become stricter than it was written, never laxer. */
function wholeSeconds(durationMs: number | undefined): number | undefined {
  return durationMs === undefined ? undefined : Math.floor(durationMs / 1_000);
}
