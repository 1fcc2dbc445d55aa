import { setTimeout as sleep } from 'node:timers/promises';
import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import { isStoreError, type StoreError } from '../store/store-error.ts';
import type { AttemptKey, WriteResult } from '../store/task-writes.ts';
import { restAfterMs } from './rest-after.ts';

export interface FlusherOptions<Write extends AttemptKey> {
  /** Names the writes in logs. */
  readonly kind: string;
  readonly term: Term;
  readonly log: Logger;
  readonly write: (epoch: number, writes: readonly Write[]) => Promise<WriteResult<Write>>;
  /** What a write counts for in a batch, of {@link largestBatch} in all; 1 unless told. */
  readonly weightOf?: (write: Write) => number;
  /** From one batch to the next, milliseconds, where it need not be as short as usual. */
  readonly spacingMs?: number;
  /** Whether a write changes what an earlier one of its attempt has written. */
  readonly replacesEarlier?: boolean;
  /** What is written instead of one that the database refuses, if anything: not twice the same. */
  readonly insteadOf?: (write: Write, error: unknown) => Write | undefined;
}

interface LaterWrite<Write> {
  readonly write: Write;
  readonly times: number;
  readonly timer: NodeJS.Timeout;
}

const largestBatch = 500;
const shortestRetryMs = 50;
const longestRetryMs = 5_000;
/** From one batch to the next: under load fewer and larger ones, which cost both sides much less. The first goes at once. */
const usualSpacingMs = 10;
/** By then the database has carried out what it still would; it waits for a lock for a second. */
const writtenAgainAfterMs = 10_000;

/**
 * Writes one kind of change in batches: what comes while a batch is on its way goes with the next.
 *
 * One statement in flight a kind, so that a lock somebody holds delays neither the other kinds nor, beyond its own rows,
 * this one. A row that is held is tried again with growing pauses until it is written or needs it no more. Every write
 * is idempotent and names its attempt, so an unknown outcome is simply written again; and once more some time later
 * where a statement that was lost on its way could still come and undo a newer one.
 */
export class Flusher<Write extends AttemptKey> {
  readonly #options: FlusherOptions<Write>;
  /** By attempt: a newer write of the same kind replaces one that was not sent yet. */
  readonly #waiting = new Map<string, Write>();
  readonly #inFlight = new Set<string>();
  /** Attempts of which a write may still be carried out late. */
  readonly #doubted = new Set<string>();
  /** To be written again: in rows that somebody held, with how often, and after a doubt. */
  readonly #later = new Map<string, LaterWrite<Write>>();
  #flushing: Promise<void> | undefined;
  #failures = 0;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #trouble: string | undefined;

  constructor(options: FlusherOptions<Write>) {
    this.#options = options;
  }

  /** Why nothing of this kind can be written now; undefined when it can. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Whether a write about this attempt is still under way. */
  isPending(attemptId: string): boolean {
    return this.isQueued(attemptId) || this.#later.has(attemptId);
  }

  /** Whether a write about this attempt is still to be sent, or just sent; not one to a row that somebody holds. */
  isQueued(attemptId: string): boolean {
    return this.#waiting.has(attemptId) || this.#inFlight.has(attemptId);
  }

  add(write: Write): void {
    this.#waiting.set(write.attemptId, write);
    this.#flushing ??= this.#flush();
  }

  /** Resolves when everything has been written but what others hold; the next term finds that again by itself. */
  async drain(): Promise<void> {
    while (this.#flushing && !this.#options.term.ended.aborted) await this.#flushing;
  }

  async #flush(): Promise<void> {
    await new Promise(setImmediate); // what this turn of the loop still adds goes into the first batch
    while (this.#waiting.size > 0) {
      await this.#keepDistance();
      if (!this.#options.term.canAct()) break;
      const batch = this.#nextBatch();
      for (const { attemptId } of batch) {
        this.#waiting.delete(attemptId);
        this.#inFlight.add(attemptId);
      }
      await this.#send(batch);
      this.#inFlight.clear();
    }
    this.#flushing = undefined;
  }

  #nextBatch(): readonly Write[] {
    const { weightOf = () => 1 } = this.#options;
    const batch: Write[] = [];
    let weight = 0;
    for (const write of this.#waiting.values()) {
      weight += weightOf(write);
      if (weight > largestBatch && batch.length > 0) break;
      batch.push(write);
    }
    return batch;
  }

  async #keepDistance(): Promise<void> {
    const { spacingMs = usualSpacingMs, term } = this.#options;
    const { draining } = term;
    const restMs = this.#sentAtMs + spacingMs - performance.now();
    if (restMs > 0 && !draining.aborted) await sleep(restMs, undefined, { signal: draining }).catch(() => {});
    this.#sentAtMs = performance.now();
  }

  async #send(batch: readonly Write[]): Promise<void> {
    const { term, write } = this.#options;
    try {
      const result = await write(term.epoch, batch);
      this.#failures = 0;
      this.#trouble = undefined;
      if (result.result === 'fenced') term.end('the database has a newer epoch');
      else this.#settle(batch, result.passedOver);
    } catch (error) {
      if (term.ended.aborted) return;
      if (isStoreError(error) && error.kind !== 'unexpected') await this.#backOff(batch, error);
      else await this.#isolate(batch, error);
    }
  }

  #settle(batch: readonly Write[], passedOver: readonly Write[]): void {
    const held = new Set(passedOver.map(({ attemptId }) => attemptId));
    for (const write of batch) if (!held.has(write.attemptId)) this.#written(write);
    for (const write of passedOver) {
      const times = (this.#later.get(write.attemptId)?.times ?? 0) + 1;
      this.#letGo(write.attemptId);
      const timer = setTimeout(() => this.#sendAgain(write.attemptId), pauseMs(times)).unref();
      this.#later.set(write.attemptId, { write, times, timer });
    }
  }

  #written(write: Write): void {
    const { attemptId } = write;
    this.#letGo(attemptId);
    if (!this.#doubted.has(attemptId)) return;
    const timer = setTimeout(() => {
      this.#doubted.delete(attemptId);
      this.#sendAgain(attemptId);
    }, writtenAgainAfterMs).unref();
    this.#later.set(attemptId, { write, times: 0, timer });
  }

  #letGo(attemptId: string): void {
    clearTimeout(this.#later.get(attemptId)?.timer);
    this.#later.delete(attemptId);
  }

  #sendAgain(attemptId: string): void {
    const later = this.#later.get(attemptId);
    // A newer write of the attempt is on its way already, or was written meanwhile.
    if (later && !this.isQueued(attemptId) && !this.#options.term.ended.aborted) this.add(later.write);
  }

  async #backOff(batch: readonly Write[], error: StoreError): Promise<void> {
    const { term, log, kind, replacesEarlier } = this.#options;
    this.#failures += 1;
    if (replacesEarlier && error.kind === 'unknown') for (const { attemptId } of batch) this.#doubted.add(attemptId);
    this.#trouble = `${kind} rows cannot be written (${error.kind}): ${error.message}`;
    const restMs = Math.round(restAfterMs(error, this.#failures));
    log.warn({ err: error, kind, rows: batch.length, restMs }, 'rows not written, trying again');
    for (const write of batch) if (!this.#waiting.has(write.attemptId)) this.#waiting.set(write.attemptId, write);
    await sleep(restMs, undefined, { signal: term.ended }).catch(() => {}); // an ended term needs no rest
  }

  /** One row that the database will not take must not keep the others from being written. */
  async #isolate(batch: readonly Write[], error: unknown): Promise<void> {
    const { term, log, kind, insteadOf } = this.#options;
    const [only] = batch;
    if (only && batch.length === 1) {
      this.#letGo(only.attemptId);
      log.error({ err: error, kind, task: only.taskId }, 'the database refuses a row, it is left as it is');
      const instead = insteadOf?.(only, error);
      if (instead && !this.#waiting.has(only.attemptId)) this.#waiting.set(only.attemptId, instead);
      return;
    }
    for (const write of batch) if (term.canAct()) await this.#send([write]);
  }
}

function pauseMs(times: number): number {
  return Math.min(shortestRetryMs * 2 ** Math.min(times - 1, 10), longestRetryMs) * (0.75 + Math.random() / 2);
}
