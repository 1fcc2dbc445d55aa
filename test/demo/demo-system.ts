import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { clusterBinary } from '../support/cluster-binary.ts';
import { startMariaDb } from '../support/mariadb.ts';
import { migrateDatabase } from '../support/nightwatch-process.ts';
import { startPodPlayer } from '../support/pod-player.ts';
import { startRedis } from '../support/redis.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seedCreateTable } from '../support/seed-table.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { type DemoNightwatch, startDemoNightwatch } from './demo-nightwatch.ts';
import type { Progress } from './progress.ts';
import { prepareSecondTerminal } from './second-terminal.ts';

/** How long a sleep of a row takes at most. */
export const longestSleepMs = 5_000;

const namespaces = ['default', 'demo'];

/** All that the demonstration runs; disposal stops it in the reverse order and removes every file of it. */
export interface DemoSystem extends AsyncDisposable {
  /** A connection of somebody who submits tasks. */
  readonly user: Connection;
  readonly nightwatch: DemoNightwatch;
  /** What to type in a second terminal. */
  readonly secondTerminal: string;
}

/** Starts everything, nightwatch last, and says what runs where. */
export async function startDemoSystem(progress: Progress): Promise<DemoSystem> {
  await using started = new AsyncDisposableStack();
  const { path: directory } = started.use(await scratchDirectory('demo'));
  const clusterProgram = await clusterBinary();
  const { database, user } = await startDatabase(started, progress);
  const redis = await progress.part('lock', 'starting Redis (a first time installs its package)', async () => {
    const server = started.use(await startRedis());
    return [server, { what: 'Redis', where: server.url }];
  });
  const cluster = await startKubernetes(started, progress);
  await progress.part('pods', 'starting the stand-in for nodes', async () => {
    const player = started.use(await startPodPlayer(cluster, { maxSleepMs: longestSleepMs }));
    const where = `no nodes here: it plays the pods, and a sleep lasts ${longestSleepMs / 1000} s at most`;
    return [player, { what: 'a stand-in', where }];
  });
  await makeTable(database, user, progress);
  const nightwatch = await progress.part('nightwatch', 'starting', async () => {
    const where = { directory, databaseUrl: database.serviceUrl, redisUrl: redis.url };
    const running = await startDemoNightwatch({ ...where, namespaces, kubeconfig: await cluster.kubeconfigFor() });
    started.use(running.process);
    return [running, { what: `leads, epoch ${running.epoch}`, where: running.readinessUrl }];
  });
  progress.note('', { what: 'logs to', where: nightwatch.logFile });
  const kubeconfig = cluster.adminKubeconfig;
  const access = { directory, databaseUrl: database.adminUrl, clusterProgram, kubeconfig };
  const secondTerminal = await prepareSecondTerminal(access);
  const owned = started.move();
  return { user, nightwatch, secondTerminal, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

interface UsersDatabase {
  readonly database: TestDatabase;
  readonly user: Connection;
}

function startDatabase(started: AsyncDisposableStack, progress: Progress): Promise<UsersDatabase> {
  return progress.part('database', 'starting MariaDB (a first time installs its packages)', async () => {
    const server = started.use(await startMariaDb());
    const database = started.use(await server.createDatabase('nightwatch'));
    const user = started.adopt(await database.connect(), (connection) => connection.destroy());
    const [rows] = await user.query<RowDataPacket[]>('SELECT VERSION() AS version');
    const [version] = String(rows[0]?.version).split('-');
    return [
      { database, user },
      { what: `MariaDB ${version}`, where: database.adminUrl },
    ];
  });
}

function startKubernetes(started: AsyncDisposableStack, progress: Progress): Promise<Cluster> {
  return progress.part('cluster', 'starting etcd, the API server and the controllers', async () => {
    const cluster = started.use(await startCluster());
    for (const namespace of namespaces) await cluster.allowNamespace(namespace);
    const version = /"gitVersion": *"v([^"]+)"/.exec(await cluster.kubectl(['get', '--raw', '/version']))?.[1];
    return [cluster, { what: `Kubernetes ${version}`, where: cluster.adminKubeconfig }];
  });
}

function makeTable(database: TestDatabase, user: Connection, progress: Progress): Promise<void> {
  return progress.part('table', 'migrating', async () => {
    await user.query(seedCreateTable);
    await migrateDatabase(database.adminUrl);
    return [undefined, { what: 'task', where: "made by its user's CREATE TABLE, then by `nightwatch migrate`" }];
  });
}
