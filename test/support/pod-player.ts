import { setTimeout as delay } from 'node:timers/promises';
import { ZodError } from 'zod';
import { type ApiClient, createApiClient } from './api-client.ts';
import type { Cluster } from './cluster.ts';
import { playDeletion, playPod } from './play-pod.ts';
import { lifeOf, type PlayedPod } from './played-pod.ts';
import { type PodNews, podNews } from './pod-news.ts';
import { createPodWriter, type PodWriter } from './pod-writer.ts';

const writesAtOnce = 16;
const defaultMaxSleepMs = 1000;
const pauseBetweenWatchesMs = 100;
const firstListTimeoutMs = 30_000;

export interface PodPlayerOptions {
  /** How long a pod without a script sleeps at most, whatever its command says; 1000 unless told. */
  readonly maxSleepMs?: number;
}

/** The stand-in for nodes: pods run, end and go as their life scripts say. Disposal throws what went wrong in it. */
export type PodPlayer = AsyncDisposable;

/** The player itself is at fault: nothing that it did can be relied on. */
export class PodPlayerError extends AggregateError {
  override readonly name = 'PodPlayerError';
}

/**
 * Starts to play all pods of a cluster, by the annotation `nightwatch.test/life` or else by their command.
 * Nothing but the pods' status is made up: the real Job controller draws its conclusions from it. It goes on after the
 * API server was away. On an external cluster it stands aside: real nodes run the pods there.
 */
export async function startPodPlayer(cluster: Cluster, options: PodPlayerOptions = {}): Promise<PodPlayer> {
  if (cluster.external) return { [Symbol.asyncDispose]: async () => undefined };
  const client = createApiClient(cluster.controlPlane.access, writesAtOnce + 1);
  const player = new Player(client, options.maxSleepMs ?? defaultMaxSleepMs);
  if (await player.hasListed()) return player;
  await player[Symbol.asyncDispose]();
  throw new Error(`the pod player could not list pods within ${firstListTimeoutMs} ms`);
}

/** What is played of one pod: its life or, after that, its deletion. */
interface Part {
  readonly pod: PlayedPod;
  readonly isDeletion: boolean;
  readonly end: AbortController;
}

class Player implements PodPlayer {
  readonly #client: ApiClient;
  readonly #writer: PodWriter;
  readonly #maxSleepMs: number;
  readonly #end = new AbortController();
  readonly #listed = Promise.withResolvers<true>();
  readonly #watching: Promise<void>;
  readonly #faults: unknown[] = [];
  /** The last part of each unfinished pod, also when it is over, by the pod's uid. */
  readonly #parts = new Map<string, Part>();
  readonly #plays = new Map<Part, Promise<void>>();

  constructor(client: ApiClient, maxSleepMs: number) {
    this.#client = client;
    this.#writer = createPodWriter(client);
    this.#maxSleepMs = maxSleepMs;
    this.#watching = this.#watch();
  }

  async hasListed(): Promise<boolean> {
    const { signal } = this.#end;
    return Promise.race([this.#listed.promise, delay(firstListTimeoutMs, false, { ref: false, signal })]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#watching;
    for (const { end } of this.#plays.keys()) end.abort();
    await Promise.all(this.#plays.values());
    await this.#client[Symbol.asyncDispose]();
    if (this.#faults.length > 0) throw new PodPlayerError(this.#faults, 'the pod player went wrong');
  }

  async #watch(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        for await (const news of podNews(this.#client, signal)) this.#take(news);
      } catch (error) {
        // An API server that is away is what tests make; pods that cannot be read are this player's own fault.
        if (error instanceof ZodError) return this.#fail(error);
      }
      await delay(pauseBetweenWatchesMs);
    }
  }

  #take(news: PodNews): void {
    switch (news.kind) {
      case 'all':
        this.#forgetAllBut(news.pods);
        for (const pod of news.pods) this.#see(pod);
        this.#listed.resolve(true);
        return;
      case 'present':
        this.#see(news.pod);
        return;
      case 'gone':
        this.#forget(news.uid);
    }
  }

  #see(pod: PlayedPod): void {
    const isDeletion = pod.metadata.deletionTimestamp !== undefined;
    const last = this.#parts.get(pod.metadata.uid);
    if (last && (last.isDeletion || !isDeletion)) return;
    last?.end.abort();
    const part = { pod, isDeletion, end: new AbortController() };
    this.#parts.set(pod.metadata.uid, part);
    this.#plays.set(part, this.#play(part));
  }

  async #play(part: Part): Promise<void> {
    const { signal } = part.end;
    const play = part.isDeletion ? playDeletion : playPod;
    try {
      await play(part.pod, lifeOf(part.pod, this.#maxSleepMs), this.#writer, signal);
    } catch (error) {
      // Its pod is gone or its next part has begun: only that ends a part early.
      if (!signal.aborted) this.#fail(error);
    } finally {
      this.#plays.delete(part);
    }
  }

  #forgetAllBut(pods: readonly PlayedPod[]): void {
    const present = new Set(pods.map((pod) => pod.metadata.uid));
    for (const uid of [...this.#parts.keys()]) if (!present.has(uid)) this.#forget(uid);
  }

  #forget(uid: string): void {
    const part = this.#parts.get(uid);
    this.#parts.delete(uid);
    // A deletion first reports the end of its pod, and finished pods count as gone: it is not through by then.
    if (part && !part.isDeletion) part.end.abort();
  }

  #fail(error: unknown): void {
    this.#faults.push(error);
    // At once too: a test that waits for this pod would only time out.
    process.stderr.write(`the pod player went wrong: ${String(error)}\n`);
  }
}
