import { migrations } from '../../migrations/migrations.ts';
import type { RunConfig } from '../config.ts';
import { type ApiClient, createApiClient } from '../executors/kubernetes/api-client.ts';
import { createKubernetesExecutor } from '../executors/kubernetes/kubernetes-executor.ts';
import { startHealthServer } from '../http/health.ts';
import { systemClock } from '../leader/lease.ts';
import { createLockElector } from '../leader/lock-elector.ts';
import { createRedisLock } from '../leader/redlock/redis-lock.ts';
import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import { nightwatch } from '../nightwatch.ts';
import { type Prerequisite, Readiness } from '../readiness.ts';
import { type Database, openDatabase } from '../store/mysql/database.ts';
import { createLeaderStore } from '../store/mysql/leader-store.ts';
import { readSchema } from '../store/mysql/read-schema.ts';
import { createTaskStore } from '../store/mysql/task-store.ts';
import { judgeSchema } from '../store/schema-state.ts';
import { compareVersions, programVersion } from '../version.ts';
import { scheduleWatchers } from '../watchers/scheduled-watcher.ts';
import { ObservationState } from '../watchers/sync/observation-state.ts';
import { createWatchers } from '../watchers/watchers.ts';
import { termHealth } from './term-health.ts';

/** A setting that only the running program could judge is wrong. */
export class RunConfigError extends Error {
  override readonly name = 'RunConfigError';
}

const statementMs = 5_000;
const requestTimeoutMs = 10_000;

/** `nightwatch run`: puts the parts together and runs them until the signal aborts. */
export async function run(config: RunConfig, log: Logger, stop: AbortSignal): Promise<void> {
  if (config.launch.imagePatterns === undefined) log.warn({}, 'any image may run: NIGHTWATCH_IMAGES is not set');
  await using resources = new AsyncDisposableStack();
  const database = resources.adopt(openDatabase(config.database, { connections: 10, statementMs }), (opened) => opened.destroy());
  const timings = { ...config.lease, commandMs: config.lease.redisTimeoutMs, campaignMs: config.campaignIntervalMs };
  const lock = resources.use(createRedisLock({ servers: config.redis, name: config.lockName, timings, clock: systemClock, log }));
  const elector = createLockElector({ lock, store: createLeaderStore(database), replica: config.replica, timings, clock: systemClock, log });
  let term: Term | undefined;
  const client = resources.use(await createApiClient({
    access: config.kubernetes,
    requestConnections: config.dispatch.createsInFlight + 4,
    watchConnections: config.launch.namespaces.length,
    requestTimeoutMs,
    userAgent: () => `nightwatch/${programVersion} (${config.replica}; epoch ${term?.epoch ?? 'none'})`,
  }));

  const readiness = new Readiness([schemaPrerequisite(database), apiServerPrerequisite(client)], log);
  const observation = new ObservationState();
  const health = termHealth({ currentTerm: () => term, elector, observation });
  const server = resources.use(
    await startHealthServer({ address: config.http, liveness: health.liveness, readiness: [...readiness.checks(), ...health.readiness], log }),
  );
  log.info({ version: programVersion, replica: config.replica, health: `http://${server.address.host}:${server.address.port}`, namespaces: config.launch.namespaces }, 'nightwatch is up');

  const watching = new AbortController();
  const watched = readiness.watch(watching.signal);
  try {
    await readiness.untilReady(stop).catch(() => {}); // a stop ends the program below
    if (stop.aborted) return;
    const store = createTaskStore(database);
    const installationId = await readInstallationId(database);
    const executor = createKubernetesExecutor({ client, installationId, log });
    const { namespaces } = config.launch;
    const watchers = createWatchers({ store, executor, policy: { ...config.launch, installationId }, ...config.dispatch, namespaces, state: observation });
    await nightwatch(
      {
        elector,
        store,
        watchers: chosen(scheduleWatchers(watchers, config.watchers)),
        untilReady: (signal) => readiness.untilReady(signal),
        onTerm: (begun) => {
          term = begun;
        },
        log,
      },
      stop,
    );
  } finally {
    watching.abort();
    await watched;
  }
}

function schemaPrerequisite(database: Database): Prerequisite {
  const program = { version: programVersion, schemaVersion: migrations.at(-1)?.version ?? 0 };
  return {
    name: 'database',
    async probe() {
      const schema = judgeSchema(await readSchema(database), program, compareVersions);
      return schema.state === 'fits' ? { ok: true, detail: `installation ${schema.installationId}` } : { ok: false, detail: `${schema.state}: ${schema.detail}` };
    },
  };
}

function apiServerPrerequisite(client: ApiClient): Prerequisite {
  return {
    name: 'kubernetes',
    async probe(signal) {
      const answer = await client.request({ method: 'GET', path: '/version', signal });
      return answer.status === 200 ? { ok: true } : { ok: false, detail: `the API server answers HTTP ${answer.status}: ${answer.body.slice(0, 200)}` };
    },
  };
}

async function readInstallationId(database: Database): Promise<string> {
  const schema = await readSchema(database);
  if (!schema) throw new Error('the installation has gone from the database');
  return schema.installationId;
}

function chosen(scheduled: ReturnType<typeof scheduleWatchers>) {
  if (scheduled.result === 'valid') return scheduled.watchers;
  throw new RunConfigError(`NIGHTWATCH_WATCHERS names ${scheduled.names.map((name) => `'${name}'`).join(', ')}: there is no such watcher (dispatch, sync, resync)`);
}
