import type { RunConfig } from '../config.ts';
import { type ApiClient, createApiClient } from '../executors/kubernetes/api-client.ts';
import { createKubernetesExecutor } from '../executors/kubernetes/kubernetes-executor.ts';
import { startHealthServer } from '../http/health.ts';
import { type LeaseTimings, systemClock } from '../leader/lease.ts';
import type { LeaderLock } from '../leader/lock.ts';
import { createLockElector } from '../leader/lock-elector.ts';
import { createRedisLock } from '../leader/redlock/redis-lock.ts';
import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import { nightwatch } from '../nightwatch.ts';
import { Readiness } from '../readiness.ts';
import { type Database, openDatabase } from '../store/mysql/database.ts';
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
/** Lists, looks, removals and probes; pods of failed attempts, and logs, eight at a time each. */
const otherRequests = 4 + 8 + 8;

/** `nightwatch run`: puts the parts together and runs them until the signal aborts. */
export async function run(config: RunConfig, log: Logger, stop: AbortSignal): Promise<void> {
  const observation = new ObservationState();
  const watchers = chooseWatchers(config, observation);
  if (config.launch.imagePatterns === undefined) log.warn({}, 'any image may run: NIGHTWATCH_IMAGES is not set');

  await using resources = new AsyncDisposableStack();
  const current: { term: Term | undefined } = { term: undefined };
  const servers = await connect(config, resources, log, current);
  const readiness = new Readiness(
    [databasePrerequisite(servers.database, config.isSingleWriter), apiServerPrerequisite(servers.client)],
    log,
  );
  const elector = createLockElector({
    lock: servers.lock,
    store: createLeaderStore(servers.database),
    replica: config.replica,
    obstacle: () => readiness.obstacle(),
    timings: timingsOf(config),
    clock: systemClock,
    log,
  });
  const health = termHealth({ currentTerm: () => current.term, elector, observation, lock: servers.lock });
  const checks = { liveness: health.liveness, readiness: [...readiness.checks(), ...health.readiness] };
  const { address } = resources.use(await startHealthServer({ address: config.http, ...checks, log }));
  resources.use(watchReadiness(readiness));
  const { namespaces } = config.launch;
  const url = `http://${address.host}:${address.port}`;
  // Counted from the start of the process.
  const startMs = Math.round(performance.now());
  log.info({ version: programVersion, health: url, namespaces, startMs }, 'nightwatch is up');

  await readiness.answered(stop); // before that a campaign could only say that it knows nothing yet
  const openInstallation = () => readInstallation(config, servers, log);
  const troubleMs = () => readiness.troubleMs();
  const onTerm = (term: Term | undefined) => {
    current.term = term;
  };
  const campaignMs = config.campaignIntervalMs;
  await nightwatch({ elector, watchers, openInstallation, troubleMs, campaignMs, onTerm, log }, stop);
}

interface Servers {
  readonly database: Database;
  readonly client: ApiClient;
  readonly lock: LeaderLock;
}

async function connect(
  config: RunConfig,
  resources: AsyncDisposableStack,
  log: Logger,
  current: { readonly term: Term | undefined },
): Promise<Servers> {
  const opened = openDatabase(config.database, { connections: databaseConnections, statementMs });
  const database = resources.adopt(opened, (pool) => pool.destroy());
  const client = await createApiClient({
    access: config.kubernetes,
    // Beside the creates, for what must not wait behind them.
    requestConnections: config.dispatch.createsInFlight + otherRequests,
    // One for the Jobs of a namespace, one for their pods.
    watchConnections: 2 * config.launch.namespaces.length,
    requestTimeoutMs,
    userAgent: () => `nightwatch/${programVersion} (${config.replica}; epoch ${current.term?.epoch ?? 'none'})`,
  });
  const timings = timingsOf(config);
  const lock = createRedisLock({ servers: config.redis, name: config.lockName, timings, clock: systemClock, log });
  return { database, client: resources.use(client), lock: resources.use(lock) };
}

function timingsOf({ lease, campaignIntervalMs }: RunConfig): LeaseTimings {
  return { ...lease, commandMs: lease.redisTimeoutMs, campaignMs: campaignIntervalMs };
}

function watchReadiness(readiness: Readiness): AsyncDisposable {
  const end = new AbortController();
  const watched = readiness.watch(end.signal);
  return {
    async [Symbol.asyncDispose]() {
      end.abort();
      await watched;
    },
  };
}

async function readInstallation(config: RunConfig, { database, client }: Servers, log: Logger): Promise<Installation> {
  const schema = await readSchema(database);
  if (!schema) throw new Error('the installation has gone from the database');
  const { installationId } = schema;
  const executor = createKubernetesExecutor({ client, installationId, log });
  return { store: createTaskStore(database), executor, policy: { ...config.launch, installationId } };
}

function chooseWatchers(config: RunConfig, state: ObservationState): readonly ScheduledWatcher[] {
  const watchers = createWatchers({ ...config, ...config.dispatch, namespaces: config.launch.namespaces, state });
  const scheduled = scheduleWatchers(watchers, config.watchers);
  if (scheduled.result === 'valid') return scheduled.watchers;
  const unknown = scheduled.names.map((name) => `'${name}'`).join(', ');
  const known = watchers.map(({ name }) => name).join(', ');
  throw new RunConfigError(`NIGHTWATCH_WATCHERS names ${unknown}: there is no such watcher; there are ${known}`);
}
