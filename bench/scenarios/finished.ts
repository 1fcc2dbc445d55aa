import { setTimeout as sleep } from 'node:timers/promises';
import { bulkArguments } from '../../test/support/finished-rows.ts';
import { type NightwatchProcess, startNightwatch } from '../../test/support/nightwatch-process.ts';
import { fillRows } from '../load/fill-rows.ts';
import { finishedColumns, firstIdOf } from '../load/past-tasks.ts';
import { playTrickle, type TrickleResult } from '../load/play-trickle.ts';
import { warmUp } from '../load/warm-up.ts';
import { distributionOf } from '../measure/distribution.ts';
import { type IdleTime, measureIdle, perMinute } from '../measure/idle-time.ts';
import { measurePoll, type PollCost } from '../measure/poll-cost.ts';
import { milliseconds, number, percent } from '../report/format.ts';
import { openSite, type Site } from '../stage/open-site.ts';
import { nightwatchOptions } from '../subjects/start-subject.ts';
import type { Findings, Goal, Scenario, ScenarioContext } from './scenario.ts';

const rowsPerSecond = 4;
/** After rows were filled in, the database has pages to write and nightwatch nothing to do with them. */
const settleMs = 5_000;
/** What is to be left of the scenario's time when the last rows are filled in, beside the idle time. */
const reserveMs = 45_000;

export const finished: Scenario = {
  number: 4,
  name: 'finished',
  what: 'tables of finished rows, on one server that grows: an idle leader and a follower, then some new rows',
  databaseArguments: {
    mariadb: [...(bulkArguments.mariadb ?? []), '--innodb-buffer-pool-size=2G'],
    mysql: [...(bulkArguments.mysql ?? []), '--innodb-buffer-pool-size=2G'],
  },
  async run(context) {
    const { finishedRows } = context.sizes;
    await using site = await openSite(context);
    const options = nightwatchOptions(site.place, context.subjectSettings);
    await using leader = await startNightwatch(options);
    await using follower = await startNightwatch({ ...options, until: 'up' });
    context.progress.step('warming up');
    await warmUp({ scene: site.scene, rows: context.sizes.warmUpRows, firstId: firstIdOf(0) });
    const tables: TableCost[] = [];
    for (const rows of [finishedRows / 100, finishedRows / 10, finishedRows]) {
      const before = tables.at(-1)?.rows ?? 0;
      const filled = before + (await grow(context, site, before, rows));
      const firstId = firstIdOf(tables.length + 1);
      tables.push(await measureTable(context, site, { leader, follower, rows: filled, firstId }));
      if (filled < rows) break;
    }
    return describe(context, tables);
  },
};

interface TableCost {
  readonly rows: number;
  readonly poll: PollCost;
  readonly idle: IdleTime;
  readonly trickle: TrickleResult;
}

async function grow(context: ScenarioContext, { scene }: Site, before: number, target: number): Promise<number> {
  return fillRows(scene.user, {
    columns: finishedColumns(scene.namespace),
    from: before + 1,
    count: target - before,
    latestMs: context.endsAtMs - context.sizes.idleSeconds * 1_000 - reserveMs,
    onProgress: (filled) => context.progress.step(`${before + filled} of ${target} finished rows`),
  });
}

interface Subjects {
  readonly leader: NightwatchProcess;
  readonly follower: NightwatchProcess;
  readonly rows: number;
  readonly firstId: number;
}

async function measureTable(
  { sizes, server, progress, signal }: ScenarioContext,
  { stage, scene, place }: Site,
  { leader, follower, rows, firstId }: Subjects,
): Promise<TableCost> {
  await sleep(settleMs, undefined, { signal });
  progress.step(`${rows} finished rows: ${sizes.idleSeconds} s of idleness`);
  const replicas = { leader: leader.process, follower: follower.process };
  const idle = await measureIdle({ stage, scene, seconds: sizes.idleSeconds, ...replicas, database: server.process });
  const poll = await measurePoll(place);
  progress.step(`${rows} finished rows: a trickle of ${sizes.shortTrickleRows}`);
  const trickle = await playTrickle(scene, { firstId, rows: sizes.shortTrickleRows, rowsPerSecond, statuses: true });
  return { rows, poll, idle, trickle };
}

function describe({ sizes }: ScenarioContext, tables: readonly TableCost[]): Findings {
  const reached = tables.at(-1)?.rows ?? 0;
  return {
    tables: [
      {
        headers: [
          ...['finished rows', 'poll p50', 'poll for due rows p50', 'statements a minute', 'rows read a minute'],
          ...['leader CPU', 'follower CPU', 'database CPU', 'dispatch p50', 'p99', 'status → row p50'],
        ],
        rows: tables.map(rowOf),
      },
    ],
    goals: goalsOf(tables),
    charts: [],
    notes: reached < sizes.finishedRows ? [`There was time for ${number(reached)} rows only.`] : [],
    figures: tables.map(({ rows, poll, idle, trickle }) => ({
      ...{ rows, poll, idle: { ...idle, apiCalls: idle.apiCalls.length } },
      dispatchMs: distributionOf(trickle.dispatchMs),
      syncMs: distributionOf(trickle.syncMs),
    })),
  };
}

function rowOf({ rows, poll, idle, trickle }: TableCost): readonly string[] {
  const dispatch = distributionOf(trickle.dispatchMs);
  return [
    number(rows),
    milliseconds(poll.normal.p50),
    milliseconds(poll.due.p50),
    number(perMinute(idle, idle.work.statements)),
    number(perMinute(idle, idle.work.rowsRead)),
    ...[idle.leaderCpu, idle.followerCpu, idle.databaseCpu].map(percent),
    milliseconds(dispatch.p50),
    milliseconds(dispatch.p99),
    milliseconds(distributionOf(trickle.syncMs).p50),
  ];
}

function goalsOf(tables: readonly TableCost[]): readonly Goal[] {
  const polls = tables.map(({ poll }) => poll.normal.p50);
  const slowest = Math.max(...polls);
  const growth = (polls.at(-1) ?? Number.NaN) / (polls[0] ?? Number.NaN);
  const leader = Math.max(...tables.map(({ idle }) => idle.leaderCpu));
  const follower = Math.max(...tables.map(({ idle }) => idle.followerCpu));
  const sizes = `from ${number(tables[0]?.rows ?? 0)} to ${number(tables.at(-1)?.rows ?? 0)} rows`;
  return [
    { letter: 'f', goal: 'idle poll at most 1 ms', measured: milliseconds(slowest), isReached: slowest <= 1 },
    {
      letter: 'f',
      goal: 'idle poll flat within 1.5x',
      measured: `${growth.toFixed(2)}x ${sizes}`,
      isReached: growth <= 1.5,
    },
    { letter: 'h', goal: 'idle leader at most 2 % of a core', measured: percent(leader), isReached: leader <= 0.02 },
    {
      letter: 'h',
      goal: 'idle follower at most 0.3 % of a core',
      measured: percent(follower),
      isReached: follower <= 0.003,
    },
  ];
}
