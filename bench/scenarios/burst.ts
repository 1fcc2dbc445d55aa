import { insertRows } from '../load/insert-rows.ts';
import { idsFrom } from '../load/task-ids.ts';
import { ratesOf } from '../measure/distribution.ts';
import { type Ratio, ratioOf } from '../measure/ratio.ts';
import { number, percent, ratio } from '../report/format.ts';
import { nightwatchTo, type Pair, playPairs, playSeed, runsOf } from '../stage/play-pairs.ts';
import type { MeasuredRun } from '../stage/play-run.ts';
import type { Scene } from '../stage/scene.ts';
import type { RunningSubject } from '../subjects/start-subject.ts';
import { notesOn } from './run-notes.ts';
import type { Findings, Scenario, ScenarioContext } from './scenario.ts';

export const burst: Scenario = {
  number: 2,
  name: 'burst',
  what: 'thousands of rows in one INSERT; rates from its acknowledgement to the event of the last Job',
  async run(context) {
    const { burstRows, seedRows, warmUpRows } = context.sizes;
    const seed = await playSeed(context, (scene) => insertAtOnce(scene, 1, seedRows));
    const subjects = ['nightwatch', 'floor', 'raw POSTs'] as const;
    const pairs = await playPairs(context, {
      subjects,
      play: (scene, subject) => playBurst(scene, subject, warmUpRows + 1, burstRows),
    });
    return describe(context, pairs, seed);
  },
};

interface BurstResult {
  readonly beganAtMs: number;
  /** When the event of each Job came, in their order. */
  readonly createdAtMs: readonly number[];
}

type BurstRun = MeasuredRun<BurstResult>;

async function playBurst(scene: Scene, { name }: RunningSubject, firstId: number, count: number): Promise<BurstResult> {
  if (name !== 'raw POSTs') return insertAtOnce(scene, firstId, count);
  // It has begun by itself; the first part is its warm-up.
  const dropped = firstId - 1;
  await scene.jobs.created.until(dropped + count, scene.signal);
  const createdAtMs = timesOf(scene);
  return { beganAtMs: createdAtMs[dropped] ?? 0, createdAtMs: createdAtMs.slice(dropped) };
}

async function insertAtOnce(scene: Scene, firstId: number, count: number): Promise<BurstResult> {
  await insertRows(scene.user, scene.namespace, idsFrom(firstId, count));
  const beganAtMs = performance.now();
  await scene.jobs.created.until(firstId - 1 + count, scene.signal);
  return { beganAtMs, createdAtMs: timesOf(scene).slice(firstId - 1) };
}

function timesOf({ jobs }: Scene): readonly number[] {
  return jobs.created.times();
}

function jobsPerSecond({ result: { beganAtMs, createdAtMs } }: BurstRun): number {
  return createdAtMs.length / (((createdAtMs.at(-1) ?? Number.NaN) - beganAtMs) / 1_000);
}

function describe(context: ScenarioContext, pairs: readonly Pair<BurstResult>[], seed: BurstRun): Findings {
  const named = (['nightwatch', 'floor', 'raw POSTs'] as const).map((name) => [name, runsOf(pairs, name)] as const);
  const runs: readonly (readonly [string, readonly BurstRun[]])[] = [...named, ['seed', [seed]]];
  const toFloor = nightwatchTo(pairs, 'floor', jobsPerSecond);
  const toRaw = nightwatchTo(pairs, 'raw POSTs', jobsPerSecond);
  const toSeed = ratioOf(runsOf(pairs, 'nightwatch').map((run) => [jobsPerSecond(run), jobsPerSecond(seed)] as const));
  const goal = (text: string, measured: Ratio, least: number) => {
    return { letter: 'c', goal: text, measured: ratio(measured), isReached: measured.median >= least };
  };
  return {
    tables: [
      { headers: ['by', 'rows', 'Jobs/s, run by run', 'CPU of a row', 'of the machine idle'], rows: runs.map(rowOf) },
    ],
    goals: [
      goal('creates/s in a burst at least 0.85x the floor', toFloor, 0.85),
      goal('creates/s in a burst at least 0.66x raw POSTs', toRaw, 0.66),
      goal('creates/s in a burst at least 25x the seed', toSeed, 25),
    ],
    charts: [
      {
        ...{ title: 'Jobs after one INSERT, first pair', across: 's', up: 'Jobs/s', isLogarithmic: false },
        // Without the seed: its minutes would leave no room for the others' seconds.
        lines: named.flatMap(([name, [first]]) => (first ? [{ name, points: ratesOfRun(first) }] : [])),
      },
    ],
    notes: notesOn(context, pairs),
    figures: runs.flatMap(([, some]) => some).map(figuresOf),
  };
}

function rowOf([name, runs]: readonly [string, readonly BurstRun[]]): readonly string[] {
  const rates = runs.map((run) => number(jobsPerSecond(run))).join(', ');
  const [first] = runs;
  const cpuMs = runs.map(({ cpu, result }) => (cpu.subject / result.createdAtMs.length) * 1_000);
  const mean = cpuMs.reduce((sum, value) => sum + value, 0) / cpuMs.length;
  const rows = first?.result.createdAtMs.length ?? 0;
  return [name, String(rows), rates, `${number(mean)} ms`, percent(first?.machine.idle ?? Number.NaN)];
}

function ratesOfRun({ result: { createdAtMs, beganAtMs } }: BurstRun) {
  return ratesOf(createdAtMs, beganAtMs);
}

function figuresOf(run: BurstRun): unknown {
  const { subject, cpu, machine, foreign, result } = run;
  return { subject, cpu, machine, foreign, rows: result.createdAtMs.length, jobsPerSecond: jobsPerSecond(run) };
}
