import type { Scene } from '../stage/scene.ts';
import { insertRows } from './insert-rows.ts';
import { playStorm } from './play-storm.ts';
import { idsFrom, taskName } from './task-ids.ts';

/** Takes some rows from their INSERT to their end before anything is measured: connections, caches, compiled code. */
export async function warmUp({ firstId = 1, ...options }: WarmUpOptions): Promise<void> {
  const { scene, rows } = options;
  if (rows === 0) return;
  const ids = idsFrom(firstId, rows);
  await insertRows(scene.user, scene.namespace, ids);
  await Promise.all(ids.map((id) => scene.jobs.created.of(taskName(id), scene.signal)));
  await playStorm(scene, ids);
}

export interface WarmUpOptions {
  readonly scene: Scene;
  readonly rows: number;
  /** 1 unless told. */
  readonly firstId?: number;
}
