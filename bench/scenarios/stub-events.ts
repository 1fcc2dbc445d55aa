import assert from 'node:assert/strict';
import { join } from 'node:path';
import { z } from 'zod';
import { readKubeconfig } from '../../test/support/api-access.ts';
import { createApiClient } from '../../test/support/api-client.ts';
import { countTasks } from '../../test/support/count-tasks.ts';
import { freePort } from '../../test/support/free-port.ts';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { startServerProcess } from '../../test/support/server-process.ts';
import { until } from '../../test/support/until.ts';
import { awaitedLater } from '../load/awaited-later.ts';
import { insertRows } from '../load/insert-rows.ts';
import { idsFrom } from '../load/task-ids.ts';
import { cpuSeconds } from '../measure/process-use.ts';
import { RowWatch } from '../measure/row-watch.ts';
import { milliseconds, number } from '../report/format.ts';
import { type Place, preparePlace } from '../stage/place.ts';
import { type SubjectName, startSubject } from '../subjects/start-subject.ts';
import type { Findings, Scenario, ScenarioContext } from './scenario.ts';

const namespace = 'bench';
const longestMs = 120_000;
const leastPerSecond = 20_000;
const rowsAtOnce = 5_000;
/** One row in so many is watched. */
const sampled = 100;
const stormAnswer = z.object({ events: z.number(), tookMs: z.number() });

export const stubEvents: Scenario = {
  number: 9,
  name: 'events',
  what: 'a stub of an API server tells of thousands of Jobs that run and complete, four events each, as fast as they are read',
  async run(context) {
    const runs: StubRun[] = [];
    for (const subject of ['floor', 'nightwatch'] as const) runs.push(await playStub(context, subject));
    return describe(runs);
  },
};

interface StubRun {
  readonly subject: SubjectName;
  readonly jobs: number;
  readonly events: number;
  /** Until the stub had sent the last event. */
  readonly sentMs: number;
  /** Until the last row said so. */
  readonly doneMs: number;
  readonly cpuSeconds: number;
}

async function playStub(context: ScenarioContext, name: SubjectName): Promise<StubRun> {
  const { progress, sizes, subjectSettings } = context;
  await using stub = await startStub();
  await using place = await preparePlace({ server: context.server, namespace, kubeconfig: stub.kubeconfig });
  await using subject = await startSubject(name, place, subjectSettings);
  await using client = createApiClient(await readKubeconfig(stub.kubeconfig), 1);
  progress.step(`${name}: ${sizes.stubJobs} Jobs from rows`);
  await createAll(place, sizes.stubJobs);
  progress.step(`${name}: their events`);
  const cpuBefore = await cpuSeconds(subject.process.pid);
  const beganAtMs = performance.now();
  const telling = awaitedLater(client.call({ method: 'POST', path: '/storm', signal: context.signal }));
  await untilSucceeded(place, sizes.stubJobs, context.signal);
  const doneMs = performance.now() - beganAtMs;
  const { events, tookMs } = stormAnswer.parse((await telling).body);
  const used = (await cpuSeconds(subject.process.pid)) - cpuBefore;
  return { subject: name, jobs: sizes.stubJobs, events, sentMs: tookMs, doneMs, cpuSeconds: used };
}

async function startStub() {
  await using resources = new AsyncDisposableStack();
  const { path: folder } = resources.use(await scratchDirectory('stub'));
  const kubeconfig = join(folder, 'kubeconfig');
  resources.use(
    await startServerProcess({
      name: 'stub of an API server',
      command: process.execPath,
      args: [join(import.meta.dirname, '..', 'stub-api-server.ts')],
      env: { BENCH_PORT: String(await freePort()), BENCH_KUBECONFIG: kubeconfig },
      logFile: join(folder, 'log'),
      ready: { logLine: /^ready$/m },
    }),
  );
  const owned = resources.move();
  return { kubeconfig, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function createAll(place: Place, count: number): Promise<void> {
  for (let first = 1; first <= count; first += rowsAtOnce) {
    await insertRows(place.user, namespace, idsFrom(first, Math.min(rowsAtOnce, count - first + 1)));
  }
  await untilAll(place, "status = 'Pending' AND next_check_at IS NULL", count);
}

/** Looks at some of the rows all the time, and at all of them only at the end: to count them costs the database much. */
async function untilSucceeded(place: Place, count: number, signal: AbortSignal): Promise<void> {
  const rows = new RowWatch(await place.connect());
  const sample = idsFrom(1, count).filter((id) => id % sampled === 0 || id === count);
  await Promise.all(sample.map((id) => rows.says(id, 'Succeeded', signal)));
  await untilAll(place, "status = 'Succeeded'", count);
}

async function untilAll({ user }: Place, condition: string, count: number): Promise<void> {
  await until(`all rows: ${condition}`, async () => assert.equal(await countTasks(user, condition), count), longestMs);
}

function describe(runs: readonly StubRun[]): Findings {
  const perSecond = ({ events, doneMs }: StubRun) => events / (doneMs / 1_000);
  const nightwatch = runs.filter(({ subject }) => subject === 'nightwatch').map(perSecond);
  const slowest = Math.min(...nightwatch);
  return {
    tables: [
      {
        headers: ['by', 'events', 'events/s', 'rows/s', 'last event sent after', 'last row after', 'CPU of an event'],
        rows: runs.map((run) => [
          run.subject,
          number(run.events),
          number(perSecond(run)),
          number(run.jobs / (run.doneMs / 1_000)),
          milliseconds(run.sentMs),
          milliseconds(run.doneMs),
          `${number((run.cpuSeconds / run.events) * 1e6)} µs`,
        ]),
      },
    ],
    goals: [
      {
        letter: 'd',
        goal: `at least ${number(leastPerSecond)} events/s from a stub`,
        measured: `${number(slowest)} events/s`,
        isReached: slowest >= leastPerSecond,
      },
    ],
    charts: [],
    notes: [],
    figures: runs,
  };
}
