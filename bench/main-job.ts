/**
 * Measures the main job from outside, with one clock: INSERT acknowledged → Job event received, status PATCH acknowledged
 * → row read, and Jobs per second of a burst. `node bench/main-job.ts [mariadb|mysql]`; the table is in bench/README.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type ApiClient, createApiClient } from '../test/support/api-client.ts';
import { startCluster } from '../test/support/cluster.ts';
import { startDatabase } from '../test/support/database.ts';
import { migrateDatabase, startNightwatch } from '../test/support/nightwatch-process.ts';
import { startRedis } from '../test/support/redis.ts';

const trickleRows = 120;
const trickleIntervalMs = 500;
const burstRows = 2_000;
const longestWaitMs = 120_000;
const namespace = 'bench';

const flavour = process.argv[2] === 'mysql' ? 'mysql' : 'mariadb';
await using cluster = await startCluster();
await using server = await startDatabase(flavour);
await using database = await server.createDatabase();
await using redis = await startRedis();
await migrateDatabase(database.adminUrl);
await cluster.allowNamespace(namespace);
// The Job controller would batch its own status writes by a second: here the status is set by hand.
cluster.controlPlane.controllerManager.process.kill('SIGSTOP');
await using nightwatch = await startNightwatch({
  databaseUrl: database.serviceUrl,
  redisUrls: [redis.url],
  kubeconfig: await cluster.kubeconfigFor(),
  namespaces: [namespace],
});
await using client = createApiClient(cluster.controlPlane.access, 8);
await using connection = await database.connect();

const seenAtMs = new Map<string, number>();
const end = new AbortController();
const watching = watchJobs(client, end.signal);
const dispatch = await trickle(connection);
const sync = await patchStatuses(client, connection);
const burst = await insertBurst(connection);
console.log(
  `${flavour}, ${trickleRows} rows at ${1_000 / trickleIntervalMs}/s, then ${burstRows} at once; milliseconds`,
);
console.log(`INSERT acknowledged -> Job event   ${summary(dispatch)}`);
console.log(`status PATCH acknowledged -> row   ${summary(sync)}`);
console.log(`burst                              ${burst.toFixed(0)} Jobs/s`);
end.abort();
await watching;
console.log((await nightwatch.readyz()).text);

/** Notes when the first event of each Job came. The server ends a watch whose reader is slow: on from where it was then. */
async function watchJobs(api: ApiClient, signal: AbortSignal): Promise<void> {
  let resourceVersion = '0';
  while (!signal.aborted) {
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs?watch=1&resourceVersion=${resourceVersion}`;
    try {
      for await (const event of api.watch(path, 600_000, signal)) {
        const { metadata } = (event as { object: { metadata: { name: string; resourceVersion: string } } }).object;
        resourceVersion = metadata.resourceVersion;
        if (!seenAtMs.has(metadata.name)) seenAtMs.set(metadata.name, performance.now());
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

async function trickle(database: Connection): Promise<readonly number[]> {
  const insertedAtMs: number[] = [];
  for (let row = 0; row < trickleRows; row += 1) {
    await sleep(trickleIntervalMs * (0.5 + Math.random()));
    await insert(database, [`trickle-${row}`]);
    insertedAtMs.push(performance.now());
  }
  await until(() => seenAtMs.size === trickleRows);
  return insertedAtMs.map((inserted, row) => (seenAtMs.get(`trickle-${row}`) ?? Number.NaN) - inserted);
}

async function patchStatuses(api: ApiClient, database: Connection): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let row = 0; row < trickleRows; row += 1) {
    await sleep(Math.random() * 20);
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs/trickle-${row}/status`;
    const body = { status: { active: 1, ready: 1, startTime: new Date().toISOString() } };
    const { status } = await api.call({
      method: 'PATCH',
      path,
      body,
      contentType: 'application/merge-patch+json',
      signal: end.signal,
    });
    if (status !== 200) throw new Error(`PATCH of ${path} was answered ${status}`);
    const patched = performance.now();
    for (;;) {
      const [rows] = await database.query<RowDataPacket[]>('SELECT 1 FROM task WHERE name = ? AND status = ?', [
        `trickle-${row}`,
        'Running',
      ]);
      if (rows.length > 0) break;
    }
    latencies.push(performance.now() - patched);
  }
  return latencies;
}

async function insertBurst(database: Connection): Promise<number> {
  await insert(
    database,
    Array.from({ length: burstRows }, (_, row) => `burst-${row}`),
  );
  const inserted = performance.now();
  await until(() => seenAtMs.size === trickleRows + burstRows);
  return burstRows / ((Math.max(...seenAtMs.values()) - inserted) / 1_000);
}

async function insert(database: Connection, names: readonly string[]): Promise<void> {
  const info = JSON.stringify({ image: 'alpine', command: ['sleep'], args: ['60'] });
  await database.query('INSERT INTO task (name, namespace, info, status) VALUES ?', [
    names.map((name) => [name, namespace, info, 'Normal']),
  ]);
}

async function until(isTrue: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + longestWaitMs;
  while (!isTrue()) {
    if (performance.now() > endsAtMs) throw new Error(`only ${seenAtMs.size} Jobs were seen in ${longestWaitMs} ms`);
    await sleep(5);
  }
}

function summary(values: readonly number[]): string {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(1)}`;
}
