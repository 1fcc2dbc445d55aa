import type { RunConfig } from '../config.ts';
import { createApiClient } from '../executors/kubernetes/api-client.ts';
import { createKubernetesExecutor } from '../executors/kubernetes/kubernetes-executor.ts';
import { startHealthServer } from '../http/health.ts';
import { systemClock } from '../leader/lease.ts';
import { createLockElector } from '../leader/lock-elector.ts';
import { createRedisLock } from '../leader/redlock/redis-lock.ts';
import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import { nightwatch } from '../nightwatch.ts';
import { Readiness } from '../readiness.ts';
import { openDatabase } from '../store/mysql/database.ts';
import { createLeaderStore } from '../store/mysql/leader-store.ts';
import { readSchema } from '../store/mysql/read-schema.ts';
import { createTaskStore } from '../store/mysql/task-store.ts';
import { programVersion } from '../version.ts';
import { type ScheduledWatcher, scheduleWatchers } from '../watchers/scheduled-watcher.ts';
import { ObservationState } from '../watchers/sync/observation-state.ts';
import type { Installation } from '../watchers/watcher.ts';
import { createWatchers } from '../watchers/watchers.ts';
import { apiServerPrerequisite, databasePrerequisite } from './prerequisites.ts';
import { termHealth } from './term-health.ts';

/** A setting that only the running program could judge is wrong. */
export class RunConfigError extends Error {
  override readonly name = 'RunConfigError';
}

const databaseConnections = 10;
const statementMs = 5_000;
const requestTimeoutMs = 10_000;

/** `nightwatch run`: puts the parts together and runs them until the signal aborts. */
export async function run(config: RunConfig, log: Logger, stop: AbortSignal): Promise<void> {
  const observation = new ObservationState();
  const watchers = chooseWatchers(config, observation);
  if (config.launch.imagePatterns === undefined) log.warn({}, 'any image may run: NIGHTWATCH_IMAGES is not set');
  let term: Term | undefined;

  await using resources = new AsyncDisposableStack();
  const database = resources.adopt(
    openDatabase(config.database, { connections: databaseConnections, statementMs }),
    (opened) => opened.destroy(),
  );
  const client = resources.use(
    await createApiClient({
      access: config.kubernetes,
      requestConnections: config.dispatch.createsInFlight + 4,
      watchConnections: config.launch.namespaces.length,
      requestTimeoutMs,
      userAgent: () => `nightwatch/${programVersion} (${config.replica}; epoch ${term?.epoch ?? 'none'})`,
    }),
  );
  const readiness = new Readiness(
    [databasePrerequisite(database, config.isSingleWriter), apiServerPrerequisite(client)],
    log,
  );
  const timings = { ...config.lease, commandMs: config.lease.redisTimeoutMs, campaignMs: config.campaignIntervalMs };
  const lock = resources.use(
    createRedisLock({ servers: config.redis, name: config.lockName, timings, clock: systemClock, log }),
  );
  const elector = createLockElector({
    lock,
    store: createLeaderStore(database),
    replica: config.replica,
    obstacle: () => readiness.obstacle(),
    timings,
    clock: systemClock,
    log,
  });
  const health = termHealth({ currentTerm: () => term, elector, observation, lock });
  const server = resources.use(
    await startHealthServer({
      address: config.http,
      liveness: health.liveness,
      readiness: [...readiness.checks(), ...health.readiness],
      log,
    }),
  );
  const watching = new AbortController();
  const watched = readiness.watch(watching.signal);
  resources.defer(async () => {
    watching.abort();
    await watched;
  });
  log.info(
    {
      version: programVersion,
      health: `http://${server.address.host}:${server.address.port}`,
      namespaces: config.launch.namespaces,
    },
    'nightwatch is up',
  );

  const openInstallation = async (): Promise<Installation> => {
    const schema = await readSchema(database);
    if (!schema) throw new Error('the installation has gone from the database');
    const { installationId } = schema;
    const executor = createKubernetesExecutor({ client, installationId, log });
    return { store: createTaskStore(database), executor, policy: { ...config.launch, installationId } };
  };
  await nightwatch(
    {
      elector,
      watchers,
      openInstallation,
      troubleMs: () => readiness.troubleMs(),
      campaignMs: config.campaignIntervalMs,
      onTerm: (begun) => {
        term = begun;
      },
      log,
    },
    stop,
  );
}

function chooseWatchers(config: RunConfig, state: ObservationState): readonly ScheduledWatcher[] {
  const watchers = createWatchers({ ...config, ...config.dispatch, namespaces: config.launch.namespaces, state });
  const scheduled = scheduleWatchers(watchers, config.watchers);
  if (scheduled.result === 'valid') return scheduled.watchers;
  const known = watchers.map(({ name }) => name).join(', ');
  throw new RunConfigError(
    `NIGHTWATCH_WATCHERS names ${scheduled.names.map((name) => `'${name}'`).join(', ')}: there is no such watcher; there are ${known}`,
  );
}
