import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ApiClient } from '../../test/support/api-client.ts';
import { Moments } from './moments.ts';

const watchIdleMs = 600_000;
const pauseMs = 20;

const condition = z.object({ type: z.string(), status: z.string() });
const watchEvent = z.object({
  type: z.string(),
  object: z.object({
    metadata: z.object({ name: z.string().optional(), resourceVersion: z.string().optional() }),
    // Of a Job it is an object, of an error a word.
    status: z.unknown(),
  }),
});
const jobStatus = z.object({ conditions: z.array(condition).optional() }).optional();

/** Notes when the first event of each Job of a namespace came, and the first one that said that it was complete. */
export class JobWatch implements AsyncDisposable {
  readonly created = new Moments();
  readonly completed = new Moments();
  /** How often the watch had to be taken up again: the server ends one whose reader is slow, and events come late then. */
  interruptions = 0;
  readonly #client: ApiClient;
  readonly #path: string;
  readonly #end = new AbortController();
  readonly #watching: Promise<void>;

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#path = `/apis/batch/v1/namespaces/${namespace}/jobs?watch=1`;
    this.#watching = this.#watch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#end;
    let resourceVersion = '0';
    while (!signal.aborted) {
      try {
        const path = `${this.#path}&resourceVersion=${resourceVersion}`;
        for await (const event of this.#client.watch(path, watchIdleMs, signal)) {
          resourceVersion = this.#take(event, performance.now()) ?? '0';
        }
      } catch {
        // Whatever broke it, the next one says so again; whoever waits for an event has a time limit.
      }
      if (signal.aborted) return;
      this.interruptions += 1;
      await sleep(pauseMs);
    }
  }

  #take(value: unknown, atMs: number): string | undefined {
    const { type, object } = watchEvent.parse(value);
    const { name, resourceVersion } = object.metadata;
    if (type === 'ERROR' || name === undefined) return undefined;
    this.created.note(name, atMs);
    if (isComplete(object.status)) this.completed.note(name, atMs);
    return resourceVersion;
  }
}

function isComplete(status: unknown): boolean {
  const { conditions } = jobStatus.parse(status) ?? {};
  return conditions?.some(({ type, status: is }) => type === 'Complete' && is === 'True') === true;
}
