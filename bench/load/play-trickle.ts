import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from '../stage/scene.ts';
import { awaitedLater } from './awaited-later.ts';
import { insertRows } from './insert-rows.ts';
import { complete, type PlayedStatus, running, setStatus } from './job-statuses.ts';
import { idsFrom, taskName } from './task-ids.ts';

export interface TrickleOptions {
  readonly firstId: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Whether each Job's status is set too, to running and then to complete. */
  readonly statuses: boolean;
}

/** Milliseconds, one for each row or each status. */
export interface TrickleResult {
  /** From the acknowledged INSERT to the first event of the Job. */
  readonly dispatchMs: readonly number[];
  /** From the acknowledged status of the Job to the row that says so; below zero when the row was quicker than the answer. */
  readonly syncMs: readonly number[];
}

/** A status is set so long after the one before, at least and at most: nothing is in step with a poll. */
const leastAgeMs = 100;
const mostAgeMs = 600;

/** Submits rows one by one, at random moments around the pace. */
export async function playTrickle(
  scene: Scene,
  { firstId, rows, rowsPerSecond, statuses }: TrickleOptions,
): Promise<TrickleResult> {
  const dispatchMs: number[] = [];
  const syncMs: number[] = [];
  const lives: Promise<void>[] = [];
  for (const id of idsFrom(firstId, rows)) {
    await sleep((1_000 / rowsPerSecond) * (0.5 + Math.random()), undefined, { signal: scene.signal });
    await insertRows(scene.user, scene.namespace, [id]);
    const insertedAtMs = performance.now();
    const live = async () => {
      dispatchMs.push((await scene.jobs.created.of(taskName(id), scene.signal)) - insertedAtMs);
      if (!statuses) return;
      for (const status of [running, complete]) syncMs.push(await playStatus(scene, id, status));
    };
    lives.push(awaitedLater(live()));
  }
  await Promise.all(lives);
  return { dispatchMs, syncMs };
}

async function playStatus(scene: Scene, id: number, status: PlayedStatus): Promise<number> {
  const { namespace, rows, client, signal } = scene;
  await sleep(leastAgeMs + Math.random() * (mostAgeMs - leastAgeMs), undefined, { signal });
  const reading = awaitedLater(rows.says(id, status.rowSays, signal));
  const setting = setStatus(client, { namespace, name: taskName(id) }, status, signal);
  const [readAtMs, setAtMs] = await Promise.all([reading, setting]);
  return readAtMs - setAtMs;
}
