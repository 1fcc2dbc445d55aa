import { JobWatch } from '../measure/job-watch.ts';
import { RowWatch } from '../measure/row-watch.ts';
import type { Place } from './place.ts';
import type { Scene } from './scene.ts';
import type { Stage } from './stage.ts';

const statusConnections = 8;

/** Begins to look at a place from outside. */
export async function openScene(stage: Stage, place: Place, signal: AbortSignal): Promise<Scene & AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  const jobs = resources.use(new JobWatch(stage.client(1), place.namespace));
  const rows = new RowWatch(await place.connect());
  const owned = resources.move();
  return {
    place,
    namespace: place.namespace,
    user: place.user,
    rows,
    jobs,
    client: stage.client(statusConnections),
    signal,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
