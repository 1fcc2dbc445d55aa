import assert from 'node:assert/strict';
import { unlessAborted } from '../../src/unless-aborted.ts';
import { countTasks } from '../../test/support/count-tasks.ts';
import { until } from '../../test/support/until.ts';
import { insertRows } from '../load/insert-rows.ts';
import { playStorm, type StormResult } from '../load/play-storm.ts';
import { idsFrom } from '../load/task-ids.ts';
import { playPairs, playSeed } from '../stage/play-pairs.ts';
import type { Scene } from '../stage/scene.ts';
import { describeStorm } from './describe-storm.ts';
import type { Scenario } from './scenario.ts';

const longestRecordingMs = 120_000;

export const storm: Scenario = {
  number: 3,
  name: 'storm',
  what: 'thousands of Jobs are made from rows, then completed as fast as the API server takes it',
  async run(context) {
    const { seedJobs, stormJobs, warmUpRows } = context.sizes;
    const seed = await playSeed(context, (scene) => createAndComplete(scene, 1, seedJobs));
    const subjects = ['nightwatch', 'floor'] as const;
    const play = (scene: Scene) => createAndComplete(scene, warmUpRows + 1, stormJobs);
    return describeStorm(context, await playPairs(context, { subjects, play }), seed);
  },
};

/** The creates belong to it: what a task costs in processor time is the cost of its whole life. */
async function createAndComplete(scene: Scene, firstId: number, count: number): Promise<StormResult> {
  const ids = idsFrom(firstId, count);
  await insertRows(scene.user, scene.namespace, ids);
  await scene.jobs.created.until(firstId - 1 + count, scene.signal);
  const countNormal = () => countTasks(scene.user, "status = 'Normal'");
  const recorded = until(
    'all creates are recorded',
    async () => assert.equal(await countNormal(), 0),
    longestRecordingMs,
  );
  await unlessAborted(recorded, scene.signal);
  return playStorm(scene, ids);
}
