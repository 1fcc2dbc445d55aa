import { playTrickle, type TrickleResult } from '../load/play-trickle.ts';
import { curveOf, distributionOf } from '../measure/distribution.ts';
import { milliseconds, ratio } from '../report/format.ts';
import { nightwatchTo, type Pair, playPairs, playSeed, runsOf } from '../stage/play-pairs.ts';
import type { MeasuredRun } from '../stage/play-run.ts';
import type { Scene } from '../stage/scene.ts';
import { notesOn } from './run-notes.ts';
import type { Chart, Findings, Goal, Scenario, ScenarioContext, Table } from './scenario.ts';

const rowsPerSecond = 2;

export const trickle: Scenario = {
  number: 1,
  name: 'trickle',
  what: `${rowsPerSecond} rows a second; each Job is set to running and then to complete`,
  async run(context) {
    const { sizes } = context;
    const play = (rows: number, firstId: number) => (scene: Scene) =>
      playTrickle(scene, { firstId, rows, rowsPerSecond, statuses: true });
    const seed = await playSeed(context, play(sizes.seedTrickleRows, 1));
    const subjects = ['nightwatch', 'floor'] as const;
    const pairs = await playPairs(context, { subjects, play: play(sizes.trickleRows, sizes.warmUpRows + 1) });
    return describe(context, pairs, seed);
  },
};

type TrickleRun = MeasuredRun<TrickleResult>;
type Pairs = readonly Pair<TrickleResult>[];

const dispatch = { name: 'INSERT acknowledged → Job', of: ({ result }: TrickleRun) => result.dispatchMs };
const sync = { name: 'status acknowledged → row', of: ({ result }: TrickleRun) => result.syncMs };

function describe(context: ScenarioContext, pairs: Pairs, seed: TrickleRun): Findings {
  const runs: readonly (readonly [string, readonly TrickleRun[]])[] = [
    ['nightwatch', runsOf(pairs, 'nightwatch')],
    ['floor', runsOf(pairs, 'floor')],
    ['seed', [seed]],
  ];
  return {
    tables: [latencies(runs), ratios(pairs)],
    goals: goalsOf(pairs),
    charts: [dispatch, sync].map(({ name, of }) => chartOf(name, runs, of)),
    notes: notesOn(context, pairs),
    figures: runs.flatMap(([, some]) => some).map(figuresOf),
  };
}

function latencies(runs: readonly (readonly [string, readonly TrickleRun[]])[]): Table {
  const rows = [dispatch, sync].flatMap(({ name, of }) =>
    runs.map(([subject, some]) => {
      const { count, p50, p90, p99, max } = distributionOf(some.flatMap(of));
      return [name, subject, String(count), ...[p50, p90, p99, max].map(milliseconds)];
    }),
  );
  return { headers: ['', 'by', 'times', 'p50', 'p90', 'p99', 'max'], rows };
}

/** How long it took nightwatch and the floor in each pair, at a quantile. */
function compare(pairs: Pairs, of: (run: TrickleRun) => readonly number[], quantile: 'p50' | 'p99') {
  return nightwatchTo(pairs, 'floor', (run) => distributionOf(of(run))[quantile]);
}

function ratios(pairs: Pairs): Table {
  const rows = [dispatch, sync].flatMap(({ name, of }) =>
    (['p50', 'p99'] as const).map((quantile) => [name, quantile, ratio(compare(pairs, of, quantile))]),
  );
  return { headers: ['nightwatch to the floor, median of the pairs (least to greatest)', '', 'ratio'], rows };
}

function goalsOf(pairs: Pairs): readonly Goal[] {
  const nightwatch = runsOf(pairs, 'nightwatch');
  const p50 = (of: (run: TrickleRun) => readonly number[]) => distributionOf(nightwatch.flatMap(of)).p50;
  const dispatchP50 = compare(pairs, dispatch.of, 'p50');
  const dispatchP99 = compare(pairs, dispatch.of, 'p99');
  const goal = (letter: string, text: string, measured: string, isReached: boolean) =>
    ({ letter, goal: text, measured, isReached }) as const;
  return [
    goal('a', 'dispatch p50 at most 1.2x the floor', ratio(dispatchP50), dispatchP50.median <= 1.2),
    goal('a', 'dispatch p50 at most 20 ms', milliseconds(p50(dispatch.of)), p50(dispatch.of) <= 20),
    goal('a', 'dispatch p99 at most 2x the floor', ratio(dispatchP99), dispatchP99.median <= 2),
    goal('b', 'status → row p50 at most 15 ms', milliseconds(p50(sync.of)), p50(sync.of) <= 15),
  ];
}

function chartOf(
  title: string,
  runs: readonly (readonly [string, readonly TrickleRun[]])[],
  of: (run: TrickleRun) => readonly number[],
): Chart {
  const lines = runs.map(([name, some]) => ({ name, points: curveOf(some.flatMap(of)) }));
  return { title: `${title}, ${rowsPerSecond} rows/s`, across: 'ms', up: '% of the times', isLogarithmic: true, lines };
}

function figuresOf({ subject, result, cpu, machine, foreign }: TrickleRun): unknown {
  return {
    ...{ subject, cpu, machine, foreign },
    dispatchMs: distributionOf(result.dispatchMs),
    syncMs: distributionOf(result.syncMs),
  };
}
