import type { StormResult } from '../load/play-storm.ts';
import { curveOf, distributionOf, ratesOf } from '../measure/distribution.ts';
import { milliseconds, number, ratio } from '../report/format.ts';
import { nightwatchTo, type Pair, runsOf } from '../stage/play-pairs.ts';
import type { MeasuredRun } from '../stage/play-run.ts';
import { notesOn } from './run-notes.ts';
import type { Chart, Findings, Goal, ScenarioContext, Table } from './scenario.ts';

type StormRun = MeasuredRun<StormResult>;
type Pairs = readonly Pair<StormResult>[];
type NamedRuns = readonly (readonly [name: string, runs: readonly StormRun[]])[];

/** A lag that does not grow: rows may be this late at the end, whatever they were at the beginning. */
const unnoticedLagMs = 20;

export function describeStorm(context: ScenarioContext, pairs: Pairs, seed: StormRun): Findings {
  const runs: NamedRuns = [
    ['nightwatch', runsOf(pairs, 'nightwatch')],
    ['floor', runsOf(pairs, 'floor')],
    ['seed', [seed]],
  ];
  return {
    tables: [tableOf(runs), ratiosOf(pairs)],
    goals: goalsOf(pairs),
    charts: [lagChart(runs), rateChart(pairs)],
    notes: notesOn(context, pairs),
    figures: runs.flatMap(([, some]) => some).map(figuresOf),
  };
}

/** From the acknowledged status to the row that says so, in the order of the statuses. */
function lagsOf({ result }: StormRun): readonly number[] {
  return result.steps.map(({ setAtMs, readAtMs }) => readAtMs - setAtMs);
}

/** Statuses a second: as they were set, and as rows said so. */
function ratesOfRun({ result: { beganAtMs, steps } }: StormRun): { readonly set: number; readonly read: number } {
  const perSecond = (times: readonly number[]) => steps.length / ((Math.max(...times) - beganAtMs) / 1_000);
  return {
    set: perSecond(steps.map(({ setAtMs }) => setAtMs)),
    read: perSecond(steps.map(({ readAtMs }) => readAtMs)),
  };
}

/** The median lag of the first and of the last quarter of the statuses. */
function lagQuarters(run: StormRun): { readonly first: number; readonly last: number } {
  const lags = lagsOf(run);
  const quarter = Math.ceil(lags.length / 4);
  return { first: distributionOf(lags.slice(0, quarter)).p50, last: distributionOf(lags.slice(-quarter)).p50 };
}

function cpuMsPerTask({ cpu, result }: StormRun): number {
  return (cpu.subject / result.steps.length) * 1_000;
}

function tableOf(runs: NamedRuns): Table {
  const rows = runs.map(([name, some]) => {
    const { count, p50, p99, max } = distributionOf(some.flatMap(lagsOf));
    const mean = (value: (run: StormRun) => number) => number(some.map(value).reduce((a, b) => a + b, 0) / some.length);
    const rates = [mean((run) => ratesOfRun(run).set), mean((run) => ratesOfRun(run).read)];
    const quarters = [mean((run) => lagQuarters(run).first), mean((run) => lagQuarters(run).last)];
    return [
      name,
      String(count),
      ...rates,
      ...[p50, p99, max].map(milliseconds),
      `${quarters.join(', ')} ms`,
      `${mean(cpuMsPerTask)} ms`,
    ];
  });
  return {
    headers: [
      'by',
      'Jobs',
      'set/s',
      'rows/s',
      'lag p50',
      'p99',
      'max',
      'p50 of the first and last quarter',
      'CPU of a task',
    ],
    rows,
  };
}

function ratiosOf(pairs: Pairs): Table {
  const row = (name: string, value: (run: StormRun) => number) => [name, ratio(nightwatchTo(pairs, 'floor', value))];
  return {
    headers: ['nightwatch to the floor, median of the pairs (least to greatest)', 'ratio'],
    rows: [
      row('lag p99', lagP99),
      row('rows/s', (run) => ratesOfRun(run).read),
      row('CPU of a task, created and synced', cpuMsPerTask),
    ],
  };
}

function lagP99(run: StormRun): number {
  return distributionOf(lagsOf(run)).p99;
}

function goalsOf(pairs: Pairs): readonly Goal[] {
  const p99 = nightwatchTo(pairs, 'floor', lagP99);
  const cpu = nightwatchTo(pairs, 'floor', cpuMsPerTask);
  const quarters = runsOf(pairs, 'nightwatch').map(lagQuarters);
  const isSteady = quarters.every(({ first, last }) => last <= Math.max(2 * first, unnoticedLagMs));
  const measured = quarters.map(({ first, last }) => `${number(first)} → ${number(last)}`).join(', ');
  return [
    {
      letter: 'b',
      goal: 'status → row p99 at most 2x the floor under the same storm',
      measured: ratio(p99),
      isReached: p99.median <= 2,
    },
    {
      letter: 'd',
      goal: "keeps up with the server's maximum without growing lag",
      measured: `${measured} ms`,
      isReached: isSteady,
    },
    { letter: 'h', goal: 'CPU of a task at most 1.5x the floor', measured: ratio(cpu), isReached: cpu.median <= 1.5 },
  ];
}

function lagChart(runs: NamedRuns): Chart {
  const lines = runs.map(([name, some]) => ({ name, points: curveOf(some.flatMap(lagsOf)) }));
  return {
    title: 'status acknowledged → row, in a storm',
    across: 'ms',
    up: '% of the Jobs',
    isLogarithmic: true,
    lines,
  };
}

/** Without the seed: its minutes would leave no room for the others' seconds. */
function rateChart(pairs: Pairs): Chart {
  const lines = (['nightwatch', 'floor'] as const).flatMap((name) =>
    runsOf(pairs, name)
      .slice(0, 1)
      .map(({ result: { beganAtMs, steps } }) => {
        const readAtMs = steps.map((step) => step.readAtMs);
        return { name, points: ratesOf(readAtMs, beganAtMs) };
      }),
  );
  const title = 'rows brought up to date in a storm, first pair';
  return { title, across: 's', up: 'rows/s', isLogarithmic: false, lines };
}

function figuresOf(run: StormRun): unknown {
  const { subject, cpu, machine, foreign } = run;
  const rates = ratesOfRun(run);
  return {
    ...{ subject, cpu, machine, foreign, rates },
    lagMs: distributionOf(lagsOf(run)),
    quartersMs: lagQuarters(run),
  };
}
