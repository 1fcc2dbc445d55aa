import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { median } from '../../test/support/median.ts';
import { startNightwatch } from '../../test/support/nightwatch-process.ts';
import { type Replica, untilLeading } from '../../test/support/replicas.ts';
import { insertRows } from '../load/insert-rows.ts';
import { taskName } from '../load/task-ids.ts';
import { warmUp } from '../load/warm-up.ts';
import { milliseconds } from '../report/format.ts';
import { openSite, type Site } from '../stage/open-site.ts';
import { nightwatchOptions } from '../subjects/start-subject.ts';
import type { Findings, Goal, Scenario, ScenarioContext } from './scenario.ts';

const rowEveryMs = 20;
const leaseTtlMs = 5_000;

const ends = [
  {
    signal: 'SIGKILL',
    name: 'kill -9',
    longestMs: leaseTtlMs + 1_000,
    goal: 'first Job after kill -9 within TTL + 1 s',
  },
  { signal: 'SIGTERM', name: 'SIGTERM', longestMs: 1_000, goal: 'first Job after SIGTERM within 1 s' },
] as const;

type End = (typeof ends)[number];

export const failover: Scenario = {
  number: 6,
  name: 'failover',
  what: `two replicas with the default lease (TTL ${leaseTtlMs / 1_000} s); from the end of the leader to the first Job of the next`,
  async run(context) {
    await using site = await openSite(context);
    await using resources = new AsyncDisposableStack();
    let replicas = [await startReplica(context, site, resources, 1), await startReplica(context, site, resources, 2)];
    await untilLeading(replicas);
    await warmUp({ scene: site.scene, rows: context.sizes.warmUpRows });
    const times = new Map<End, number[]>();
    let nextId = context.sizes.warmUpRows + 1;
    for (const end of ends) {
      for (let round = 1; round <= context.sizes.failovers; round += 1) {
        context.progress.step(`${end.name}, ${round} of ${context.sizes.failovers}`);
        const { ms, lastId, others } = await endLeader(site, replicas, end, nextId);
        times.set(end, [...(times.get(end) ?? []), ms]);
        nextId = lastId + 1;
        replicas = [...others, await startReplica(context, site, resources, nextId)];
      }
    }
    return describe(times);
  },
};

async function startReplica(
  { subjectSettings }: ScenarioContext,
  { place }: Site,
  resources: AsyncDisposableStack,
  number: number,
): Promise<Replica> {
  const options = nightwatchOptions(place, subjectSettings);
  const name = `replica-${number}`;
  const settings = { ...options.settings, NIGHTWATCH_REPLICA: name };
  const replica = resources.use(await startNightwatch({ ...options, settings, until: 'up' }));
  return { ...replica, name };
}

async function endLeader({ scene }: Site, replicas: readonly Replica[], { signal }: End, firstId: number) {
  const { leader, epoch, others } = await untilLeading(replicas);
  // Somewhere between two renewals of the lock.
  await sleep(Math.random() * 1_000, undefined, { signal: scene.signal });
  const endedAtMs = performance.now();
  leader.process.kill(signal);
  let lastId = firstId;
  let takenId: number | undefined;
  while (takenId === undefined) {
    await insertRows(scene.user, scene.namespace, [lastId]);
    await sleep(rowEveryMs, undefined, { signal: scene.signal });
    takenId = await firstTakenAfter(scene.user, epoch, firstId);
    lastId += 1;
  }
  const createdAtMs = await scene.jobs.created.of(taskName(takenId), scene.signal);
  await leader.process.exited;
  return { ms: createdAtMs - endedAtMs, lastId, others };
}

/** The first row that a later term has taken. A row is read by its epoch: in a drain the old leader may finish some. */
async function firstTakenAfter(
  user: Site['scene']['user'],
  epoch: number,
  firstId: number,
): Promise<number | undefined> {
  const [rows] = await user.query<RowDataPacket[]>(
    'SELECT id FROM task WHERE id >= ? AND epoch > ? ORDER BY priority DESC, id LIMIT 1',
    [firstId, epoch],
  );
  return rows[0] === undefined ? undefined : Number(rows[0].id);
}

function describe(times: ReadonlyMap<End, readonly number[]>): Findings {
  const rows = [...times].map(([{ name }, all]) => {
    const worst = Math.max(...all);
    return [name, String(all.length), milliseconds(median(all)), milliseconds(worst), all.map(milliseconds).join(', ')];
  });
  const goals = [...times].map(([{ goal, longestMs }, all]): Goal => {
    const worst = Math.max(...all);
    return { letter: 'g', goal, measured: `${milliseconds(worst)} at most`, isReached: worst <= longestMs };
  });
  return {
    tables: [{ headers: ['end of the leader', 'times', 'median', 'longest', 'all'], rows }],
    goals,
    charts: [],
    notes: [],
    figures: [...times].map(([{ name }, all]) => ({ name, ms: all })),
  };
}
