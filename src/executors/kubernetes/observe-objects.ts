import { setTimeout as sleep } from 'node:timers/promises';
import { growLittle } from '../../heap-growth.ts';
import type { Logger } from '../../log.ts';
import { installationSelector } from '../../task/labels.ts';
import type { Observer } from '../executor.ts';
import type { ApiClient } from './api-client.ts';
import { classifyAnswer } from './classify-answer.ts';
import { GoneError, listObjects, RefusedError, resourceVersionOf } from './list-objects.ts';
import type { ObjectKind } from './object-kinds.ts';
import { readLines, readText, SilentStreamError } from './watch-stream.ts';

export interface ObserveOptions<View> {
  readonly client: ApiClient;
  readonly installationId: string;
  readonly namespace: string;
  readonly kind: ObjectKind<View>;
  readonly observer: Observer<View>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * A bookmark comes about once a minute: silence for longer means that the connection is dead, or that the server was
 * restored from a backup and is behind our resourceVersion, for which it waits without a word.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#unavailable-resource-versions
 */
const silenceMs = 90_000;
const refusalMs = 10_000;
const shortestBackOffMs = 800;
const longestBackOffMs = 30_000;

/**
 * Lists a namespace's objects of a kind and watches them from there on, until the signal aborts.
 *
 * Ours and not the library's informer, which stops for good on most errors, asks for no bookmarks (so that a quiet watch
 * ends in 410 and a full list) and keeps every object whole.
 */
export async function observeObjects<View>(options: ObserveOptions<View>): Promise<void> {
  const { observer, log, namespace, kind, signal } = options;
  let resourceVersion: string | undefined;
  let backOffMs = shortestBackOffMs;
  while (!signal.aborted) {
    try {
      resourceVersion ??= await listAll(options);
      const sinceMs = performance.now();
      for await (const version of watchFrom(options, resourceVersion)) {
        resourceVersion = version;
        backOffMs = shortestBackOffMs;
      }
      // The server ends every watch after some minutes, and one whose reader is slow at any time: on from where we were.
      const isRoutine = backOffMs === shortestBackOffMs && performance.now() - sinceMs > shortestBackOffMs;
      await sleep(isRoutine ? 20 + Math.random() * 80 : backOffMs, undefined, { signal });
      backOffMs = isRoutine ? shortestBackOffMs : Math.min(backOffMs * 2, longestBackOffMs);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof GoneError) {
        log.info({ namespace, kind: kind.name }, 'watch history is gone, listing again');
        resourceVersion = undefined;
      } else {
        if (error instanceof SilentStreamError) resourceVersion = undefined; // it may be one that is still to come
        const detail = error instanceof Error ? error.message : String(error);
        observer.trouble(detail);
        log.warn({ namespace, kind: kind.name, detail, backOffMs }, 'watch interrupted');
      }
      await sleep(backOffMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
      backOffMs = Math.min(backOffMs * 2, longestBackOffMs);
    }
  }
}

/** Tells every object; returns the resourceVersion that a watch goes on from. */
async function listAll<View>(options: ObserveOptions<View>): Promise<string> {
  const { installationId, observer } = options;
  using _walk = growLittle();
  observer.listing();
  let resourceVersion = '';
  for await (const page of listObjects({ ...options, selector: installationSelector(installationId) })) {
    for (const object of page.objects) observer.changed(object);
    resourceVersion = page.resourceVersion;
  }
  observer.listed();
  return resourceVersion;
}

/** Yields the resourceVersion after each batch of events; ends when the server ends the stream. */
async function* watchFrom<View>(
  { client, installationId, namespace, kind, observer, signal }: ObserveOptions<View>,
  from: string,
): AsyncGenerator<string> {
  const timeoutSeconds = 240 + Math.floor(Math.random() * 120);
  const path = `${kind.pathIn(namespace)}?watch=1&allowWatchBookmarks=true&timeoutSeconds=${timeoutSeconds}&resourceVersion=${from}&labelSelector=${encodeURIComponent(installationSelector(installationId))}`;
  const { status, body } = await client.stream(path, signal);
  if (status !== 200) {
    const refusal = await readText(body, refusalMs);
    if (status === 410) throw new GoneError(refusal);
    throw new RefusedError(classifyAnswer({ status, body: refusal, retryAfterMs: undefined }).message);
  }
  observer.trouble(undefined);
  for await (const lines of readLines(body, silenceMs)) {
    let version: string | undefined;
    for (const line of lines) version = tell(line, kind, observer) ?? version;
    if (version !== undefined) yield version;
  }
}

/** Tells the observer of one event; returns the resourceVersion to resume from. */
function tell<View>(line: string, kind: ObjectKind<View>, observer: Observer<View>): string | undefined {
  const event: unknown = JSON.parse(line);
  if (typeof event !== 'object' || event === null || !('type' in event) || !('object' in event))
    throw new RefusedError('the server sent a watch event without type or object');
  const { type, object } = event;
  if (type === 'BOOKMARK') return resourceVersionOf(object);
  if (type === 'ERROR') {
    const code = typeof object === 'object' && object !== null && 'code' in object ? object.code : undefined;
    if (code === 410) throw new GoneError('resourceVersion too old');
    throw new RefusedError(`the server ended the watch: ${JSON.stringify(object).slice(0, 300)}`);
  }
  const view = kind.read(object);
  if (!view) return undefined;
  if (type === 'DELETED') observer.deleted(view);
  else observer.changed(view);
  return resourceVersionOf(object);
}
