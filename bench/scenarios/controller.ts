import { setTimeout as sleep } from 'node:timers/promises';
import { startNightwatch } from '../../test/support/nightwatch-process.ts';
import { startPodPlayer } from '../../test/support/pod-player.ts';
import { awaitedLater } from '../load/awaited-later.ts';
import { insertRows } from '../load/insert-rows.ts';
import { idsFrom, taskName } from '../load/task-ids.ts';
import { distributionOf } from '../measure/distribution.ts';
import { milliseconds } from '../report/format.ts';
import { openSite } from '../stage/open-site.ts';
import type { Scene } from '../stage/scene.ts';
import { nightwatchOptions } from '../subjects/start-subject.ts';
import type { Findings, Scenario } from './scenario.ts';

const rowsPerSecond = 2;

export const controller: Scenario = {
  number: 10,
  name: 'controller',
  what: `the real Job controller, pods that succeed at once, ${rowsPerSecond} rows a second: whole lives, of which the controller's own batching takes seconds`,
  async run(context) {
    await using site = await openSite(context, { controllers: true });
    await using _player = await startPodPlayer(site.stage.cluster, { maxSleepMs: 0 });
    await using _nightwatch = await startNightwatch(nightwatchOptions(site.place, context.subjectSettings));
    const lives: Promise<Life>[] = [];
    for (const id of idsFrom(1, context.sizes.controllerTasks)) {
      context.progress.step(`task ${id} of ${context.sizes.controllerTasks}`);
      await sleep((1_000 / rowsPerSecond) * (0.5 + Math.random()), undefined, { signal: context.signal });
      lives.push(awaitedLater(live(site.scene, id)));
    }
    return describe(await Promise.all(lives));
  },
};

/** Milliseconds. */
interface Life {
  readonly dispatchMs: number;
  /** From the event that said that the Job is complete to the row that says so. */
  readonly syncMs: number;
  readonly wholeMs: number;
}

async function live(scene: Scene, id: number): Promise<Life> {
  const reading = awaitedLater(scene.rows.says(id, 'Succeeded', scene.signal));
  await insertRows(scene.user, scene.namespace, [id]);
  const insertedAtMs = performance.now();
  const createdAtMs = await scene.jobs.created.of(taskName(id), scene.signal);
  const readAtMs = await reading;
  const completeAtMs = await scene.jobs.completed.of(taskName(id), scene.signal);
  return { dispatchMs: createdAtMs - insertedAtMs, syncMs: readAtMs - completeAtMs, wholeMs: readAtMs - insertedAtMs };
}

function describe(lives: readonly Life[]): Findings {
  const parts = [
    ['INSERT acknowledged → Job', lives.map(({ dispatchMs }) => dispatchMs)],
    ['Job complete → row', lives.map(({ syncMs }) => syncMs)],
    ['INSERT acknowledged → row says Succeeded', lives.map(({ wholeMs }) => wholeMs)],
  ] as const;
  const rows = parts.map(([name, times]) => {
    const { p50, p99, max } = distributionOf(times);
    return [name, ...[p50, p99, max].map(milliseconds)];
  });
  return {
    tables: [{ headers: ['', 'p50', 'p99', 'max'], rows }],
    goals: [],
    charts: [],
    notes: [],
    figures: parts.map(([name, times]) => ({ name, ms: distributionOf(times) })),
  };
}
