import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { median } from '../support/median.ts';
import { insertTasks } from '../support/task-rows.ts';
import { type Installation, install } from './installation.ts';
import { startOwnNode } from './own-node.ts';
import { openPlatform, type Platform } from './platform.ts';
import { replicaThatLeads } from './replicas.ts';
import { untilTask } from './until-task.ts';

/*
 * Measures on a node of its own what a user waits for and pays: install to ready, INSERT to a container's first output,
 * and what the replicas use while nothing happens. `node test/e2e/measure.ts 10` looks at them for ten minutes.
 */

const idleMinutes = Number(process.argv[2] ?? 10);
const repetitions = 10;

const up = z.object({ time: z.coerce.date(), startMs: z.number() });
const podList = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }) })),
});
const usage = z.object({
  cpu: z.object({ time: z.coerce.date(), usageCoreNanoSeconds: z.number() }),
  memory: z.object({ workingSetBytes: z.number() }),
});
const summary = z.object({
  pods: z.array(
    z.object({
      podRef: z.object({ name: z.string(), namespace: z.string() }),
      containers: z.array(usage.extend({ name: z.string() })),
    }),
  ),
});

async function measure(): Promise<void> {
  await using own = await startOwnNode();
  await using platform = await openPlatform(own.surroundings);
  const namespace = await platform.createNamespace('tasks');
  const startedAtMs = performance.now();
  await using installation = await install(platform, { namespaces: [namespace] });
  console.log(`install to ready: ${Math.round(performance.now() - startedAtMs)} ms`);
  await measureStart(platform, installation);
  await measureFirstOutput(platform, installation, namespace);
  await measureIdleReplicas(platform, installation);
}

/** When process 1 was started, in milliseconds of the clock: the kernel counts hundredths since it was. */
const startOfProcess1 = `
  const { readFileSync } = require('node:fs');
  const startedAt = Number(readFileSync('/proc/1/stat', 'utf8').split(') ')[1].split(' ')[19]) / 100;
  console.log(Date.now() - (Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - startedAt) * 1000);`;

/** Of both replicas, which have started at once, and of one that starts by itself, thrice. */
async function measureStart(platform: Platform, installation: Installation): Promise<void> {
  for (const pod of await podsOf(platform, installation)) console.log(`beside another: ${await startOf(pod)}`);
  for (let times = 0; times < 3; times += 1) {
    const before = await podsOf(platform, installation);
    await platform.kubectl(['delete', 'pod', '-n', installation.namespace, before[0] ?? '']);
    await platform.kubectl(['rollout', 'status', '-n', installation.namespace, 'deployment/nightwatch']);
    const [pod = ''] = (await podsOf(platform, installation)).filter((each) => !before.includes(each));
    console.log(`by itself: ${await startOf(pod)}`);
  }

  async function startOf(pod: string): Promise<string> {
    const { kubectl } = platform;
    const replica = ['-n', installation.namespace, pod];
    const startedAtMs = Number(await kubectl(['exec', ...replica, '--', 'node', '--eval', startOfProcess1]));
    const [line = ''] = (await kubectl(['logs', ...replica])).split('\n').filter((each) => each.includes('is up'));
    const { time, startMs } = up.parse(JSON.parse(line));
    return `nightwatch is up ${startMs} ms after its start, ${Math.round(time.getTime() - startedAtMs)} ms after its container's`;
  }
}

/** Names of the replicas that are not being deleted. */
async function podsOf({ kubectl }: Platform, { namespace }: Installation): Promise<readonly string[]> {
  const replicas = ['-n', namespace, '-l', 'app.kubernetes.io/component=service'];
  const { items } = podList.parse(JSON.parse(await kubectl(['get', 'pods', ...replicas, '-o=json'])));
  return items.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.name] : []));
}

async function measureFirstOutput({ kubectl }: Platform, { user }: Installation, namespace: string): Promise<void> {
  const info = JSON.stringify({ image: 'busybox', command: ['echo', 'hello'] });
  const durationsMs: number[] = [];
  for (let index = 0; index < repetitions; index += 1) {
    const name = `says-${index}`;
    const insertedAtMs = Date.now();
    await insertTasks(user, [{ name, namespace, info, status: 'Normal' }]);
    await untilTask(user, name, { status: 'Succeeded' });
    const [writtenAt = ''] = (await kubectl(['logs', '-n', namespace, `job/${name}`, '--timestamps'])).split(' ');
    durationsMs.push(Date.parse(writtenAt) - insertedAtMs);
  }
  console.log(`INSERT to first output: median ${median(durationsMs)} ms of ${durationsMs.join(', ')}`);
}

async function measureIdleReplicas(platform: Platform, installation: Installation): Promise<void> {
  const { pod: leader } = await replicaThatLeads(installation.user);
  const before = await usageOfReplicas(platform, installation);
  await delay(idleMinutes * 60_000);
  for (const [pod, { cpu, memory }] of await usageOfReplicas(platform, installation)) {
    const earlier = before.get(pod)?.cpu;
    if (earlier === undefined) throw new Error(`${pod} was not there before`);
    const usedMs = (cpu.usageCoreNanoSeconds - earlier.usageCoreNanoSeconds) / 1e6;
    const cores = usedMs / (cpu.time.getTime() - earlier.time.getTime());
    const megabytes = Math.round(memory.workingSetBytes / 1e6);
    console.log(`${pod === leader ? 'leader' : 'other'}: ${(cores * 1000).toFixed(1)} millicores, ${megabytes} MB`);
  }
}

async function usageOfReplicas({ kubectl }: Platform, { namespace }: Installation) {
  const node = await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}']);
  const text = await kubectl(['get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`]);
  const pods = summary.parse(JSON.parse(text)).pods.filter(({ podRef }) => podRef.namespace === namespace);
  return new Map(
    pods.flatMap(({ podRef, containers }) => {
      const replica = containers.find(({ name }) => name === 'nightwatch');
      return replica === undefined ? [] : [[podRef.name, replica] as const];
    }),
  );
}

await measure();
