import { z } from 'zod';
import { readKubeconfig } from '../../test/support/api-access.ts';
import { createApiClient } from '../../test/support/api-client.ts';
import { type NightwatchProcess, startNightwatch } from '../../test/support/nightwatch-process.ts';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { awaitedLater } from '../load/awaited-later.ts';
import { completeAtOnce, setStatus } from '../load/job-statuses.ts';
import { taskName } from '../load/task-ids.ts';
import type { Site } from '../stage/open-site.ts';
import { type EventLoopProbe, eventLoopProbe } from '../subjects/event-loop.ts';
import { nightwatchOptions, type SubjectSettings } from '../subjects/start-subject.ts';

const page = z.object({
  items: z.array(z.unknown()),
  metadata: z.object({ continue: z.string().default('') }),
});
const pageSize = 500;
const installationLabel = 'nightwatch.dev/installation';

/** How long it takes to read the Jobs of an installation page by page and to parse them, under nightwatch's account. */
export async function pagingMs({ place, scene }: Site): Promise<number> {
  await using client = createApiClient(await readKubeconfig(place.kubeconfig), 1);
  const selector = `${installationLabel}=${place.installationId}`;
  const query = new URLSearchParams({ limit: String(pageSize), labelSelector: selector });
  const beganAtMs = performance.now();
  for (;;) {
    const path = `/apis/batch/v1/namespaces/${scene.namespace}/jobs?${query}`;
    const answer = await client.call({ method: 'GET', path, signal: scene.signal });
    const next = page.parse(answer.body).metadata.continue;
    if (next === '') return performance.now() - beganAtMs;
    query.set('continue', next);
  }
}

/** Tasks from the first, the middle and the last page of the list: the first of each that no start before has used. */
export function sentinelsOf(ids: readonly number[], start: number): readonly number[] {
  // The server lists by name.
  const listed = ids.toSorted((left, right) => (taskName(left) < taskName(right) ? -1 : 1));
  const middle = Math.floor(listed.length / 2);
  return [listed[start], listed[middle + start], listed.at(-1 - start)].filter((id) => id !== undefined);
}

/** nightwatch among what ran already when it started. */
export interface StartedAmong extends AsyncDisposable {
  readonly nightwatch: NightwatchProcess;
  readonly probe: EventLoopProbe;
  /** From the start of the process until it leads. */
  readonly leadingMs: number;
  /** From the start of the process until the rows say what has happened to their Jobs meanwhile. */
  readonly syncedMs: number;
}

/** Completes some Jobs while nobody leads, starts nightwatch, and waits until their rows say so. */
export async function startToSynced(
  { place, scene }: Site,
  settings: SubjectSettings,
  sentinels: readonly number[],
): Promise<StartedAmong> {
  await using resources = new AsyncDisposableStack();
  const { path: folder } = resources.use(await scratchDirectory('event-loop'));
  const probe = eventLoopProbe(folder);
  const { namespace, client, rows, signal } = scene;
  for (const id of sentinels) await setStatus(client, { namespace, name: taskName(id) }, completeAtOnce, signal);
  const reading = awaitedLater(Promise.all(sentinels.map((id) => rows.says(id, completeAtOnce.rowSays, signal))));
  const options = nightwatchOptions(place, settings);
  const beganAtMs = performance.now();
  const nightwatch = resources.use(
    await startNightwatch({
      ...options,
      nodeArguments: [...(options.nodeArguments ?? []), ...probe.nodeArguments],
      settings: { ...options.settings, ...probe.env },
    }),
  );
  const leadingMs = performance.now() - beganAtMs;
  const syncedMs = Math.max(...(await reading)) - beganAtMs;
  const owned = resources.move();
  return { nightwatch, probe, leadingMs, syncedMs, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
