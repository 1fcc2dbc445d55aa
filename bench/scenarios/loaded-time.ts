import { startNightwatch } from '../../test/support/nightwatch-process.ts';
import type { ServerProcess } from '../../test/support/server-process.ts';
import { firstIdOf } from '../load/past-tasks.ts';
import { playTrickle } from '../load/play-trickle.ts';
import { warmUp } from '../load/warm-up.ts';
import { type Distribution, distributionOf } from '../measure/distribution.ts';
import { type IdleTime, measureIdle, perMinute } from '../measure/idle-time.ts';
import { measurePoll, type PollCost } from '../measure/poll-cost.ts';
import { type MemoryUse, memoryUse } from '../measure/process-use.ts';
import { milliseconds, number, percent } from '../report/format.ts';
import type { Site } from '../stage/open-site.ts';
import { nightwatchOptions } from '../subjects/start-subject.ts';
import type { ScenarioContext, Table } from './scenario.ts';

const rowsPerSecond = 4;
/** The rows of a warm-up come behind those of the measurement that it belongs to. */
const warmUpOffset = 500_000;

/** What nightwatch costs, and how quick it is, while something in the database makes its work harder. */
export interface LoadedTime {
  /** What makes it harder. */
  readonly under: string;
  readonly poll: PollCost;
  readonly idle: IdleTime;
  readonly memory: MemoryUse;
  readonly dispatchMs: Distribution;
  readonly syncMs: Distribution;
}

/** Which measurement of its scenario it is, from 1, so that each submits rows of its own; and under what. */
export interface LoadedTurn {
  readonly turn: number;
  readonly under: string;
  readonly process: ServerProcess;
}

/** Measures a nightwatch that is started for it. */
export async function measureLoaded(
  context: ScenarioContext,
  site: Site,
  turn: number,
  under: string,
): Promise<LoadedTime> {
  context.progress.step(`${under}: starting nightwatch`);
  await using nightwatch = await startNightwatch(nightwatchOptions(site.place, context.subjectSettings));
  await warmUp({ scene: site.scene, rows: context.sizes.warmUpRows, firstId: firstIdOf(turn) + warmUpOffset });
  return await measureRunning(context, site, { turn, under, process: nightwatch.process });
}

/** Measures a nightwatch that runs: idle first, then with a trickle of new rows. */
export async function measureRunning(
  { sizes, server, progress }: ScenarioContext,
  { stage, scene, place }: Site,
  { turn, under, process }: LoadedTurn,
): Promise<LoadedTime> {
  const seconds = Math.ceil(sizes.idleSeconds / 3);
  progress.step(`${under}: idle for ${seconds} s`);
  const idle = await measureIdle({ stage, scene, seconds, leader: process, database: server.process });
  const poll = await measurePoll(place);
  progress.step(`${under}: a trickle of ${sizes.shortTrickleRows} rows`);
  const trickle = { firstId: firstIdOf(turn), rows: sizes.shortTrickleRows, rowsPerSecond, statuses: true };
  const { dispatchMs, syncMs } = await playTrickle(scene, trickle);
  return {
    ...{ under, poll, idle, memory: await memoryUse(process.pid) },
    dispatchMs: distributionOf(dispatchMs),
    syncMs: distributionOf(syncMs),
  };
}

export function tableOfLoaded(times: readonly LoadedTime[]): Table {
  return {
    headers: [
      ...['', 'poll p50', 'poll p99', 'poll for due rows p50', 'rows read a minute', 'nightwatch CPU', 'database CPU'],
      ...['memory', 'dispatch p50', 'p99', 'status → row p50'],
    ],
    rows: times.map(({ under, poll, idle, memory, dispatchMs, syncMs }) => [
      under,
      milliseconds(poll.normal.p50),
      milliseconds(poll.normal.p99),
      milliseconds(poll.due.p50),
      number(perMinute(idle, idle.work.rowsRead)),
      percent(idle.leaderCpu),
      percent(idle.databaseCpu),
      `${number(memory.residentMb)} MB`,
      milliseconds(dispatchMs.p50),
      milliseconds(dispatchMs.p99),
      milliseconds(syncMs.p50),
    ]),
  };
}

/** The numbers of it, without the requests one by one. */
export function figuresOfLoaded({ idle, ...rest }: LoadedTime): unknown {
  return { ...rest, idle: { ...idle, apiCalls: idle.apiCalls.length } };
}
