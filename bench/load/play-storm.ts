import type { Scene } from '../stage/scene.ts';
import { awaitedLater } from './awaited-later.ts';
import { completeAtOnce, setStatus } from './job-statuses.ts';
import { taskName } from './task-ids.ts';

/** Of each Job, in the order in which their statuses were set; monotonic milliseconds. */
export interface StormStep {
  readonly setAtMs: number;
  readonly readAtMs: number;
}

export interface StormResult {
  readonly beganAtMs: number;
  readonly steps: readonly StormStep[];
}

/** More do not make the server faster, they only queue there. */
const writers = 8;

/** Completes Jobs as fast as the API server takes it, and waits until every row says so. */
export async function playStorm(scene: Scene, ids: readonly number[]): Promise<StormResult> {
  const { namespace, rows, client, signal } = scene;
  const beganAtMs = performance.now();
  const steps: Promise<StormStep>[] = [];
  const left = ids.values();
  const write = async () => {
    for (const id of left) {
      const reading = rows.says(id, completeAtOnce.rowSays, signal);
      const setting = setStatus(client, { namespace, name: taskName(id) }, completeAtOnce, signal);
      const step = Promise.all([setting, reading]).then(([setAtMs, readAtMs]) => ({ setAtMs, readAtMs }));
      steps.push(awaitedLater(step));
      await setting;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  return { beganAtMs, steps: await Promise.all(steps) };
}
