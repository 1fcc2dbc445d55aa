import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { type PlayedPod, playedPod } from './played-pod.ts';

/** What a look at the cluster's unfinished pods brings: all of them first, then one change after the other. */
export type PodNews =
  | { readonly kind: 'all'; readonly pods: readonly PlayedPod[] }
  | { readonly kind: 'present'; readonly pod: PlayedPod }
  | { readonly kind: 'gone'; readonly uid: string };

// Finished pods leave this selection as if they were deleted; there may be thousands.
const unfinished = encodeURIComponent('status.phase!=Succeeded,status.phase!=Failed');
const pageSize = 500;
const watchSeconds = 120;
// Longer than the watch itself lasts: only a connection that is dead without saying so is idle for so long.
const idleTimeoutMs = 150_000;

const podList = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(playedPod),
});

const watchEvent = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: playedPod }),
  z.object({ type: z.enum(['ERROR', 'BOOKMARK']), object: z.unknown() }),
]);

/**
 * Lists and then watches the unfinished pods of all namespaces until the watch ends for any reason.
 * Whoever reads it begins anew then; the list tells what was missed. Throws when the server cannot be reached.
 */
export async function* podNews(client: ApiClient, signal: AbortSignal): AsyncIterable<PodNews> {
  const { pods, resourceVersion } = await listPods(client, signal);
  yield { kind: 'all', pods };
  const query = `watch=1&timeoutSeconds=${watchSeconds}&resourceVersion=${resourceVersion}&fieldSelector=${unfinished}`;
  for await (const line of client.watch(`/api/v1/pods?${query}`, idleTimeoutMs, signal)) {
    const event = watchEvent.parse(line);
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        yield { kind: 'present', pod: event.object };
        break;
      case 'DELETED':
        yield { kind: 'gone', uid: event.object.metadata.uid };
        break;
      case 'BOOKMARK':
        break;
      case 'ERROR':
        // The version is too old, most likely: the next list is the answer to any of them.
        return;
    }
  }
}

async function listPods(client: ApiClient, signal: AbortSignal) {
  const pods: PlayedPod[] = [];
  for (let next = ''; ; ) {
    const query = `limit=${pageSize}&continue=${encodeURIComponent(next)}&fieldSelector=${unfinished}`;
    const answer = await client.call({ method: 'GET', path: `/api/v1/pods?${query}`, signal });
    if (answer.status !== 200) throw new Error(`the list of pods was refused: ${JSON.stringify(answer)}`);
    const { metadata, items } = podList.parse(answer.body);
    pods.push(...items);
    next = metadata.continue ?? '';
    if (next === '') return { pods, resourceVersion: metadata.resourceVersion };
  }
}
