import type { Logger } from '../log.ts';
import { type Clock, type Instant, type LeaseTimings, leftMs, readClock } from './lease.ts';
import type { HeldLock } from './lock.ts';

export interface TermOptions {
  readonly id: string;
  readonly epoch: number;
  readonly lock: HeldLock;
  readonly heldSince: Instant;
  readonly timings: LeaseTimings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Between two tries to renew after a failed one. */
const renewAgainMs = 500;

/**
 * One period of leadership: an epoch, a lease that is renewed, and two signals.
 *
 * `draining` means no new work; `ended` means nothing acts any more. A timer fires late after a pause of the process, so
 * whoever is about to change something asks {@link canAct} right before, after every await.
 */
export class Term {
  readonly id: string;
  readonly epoch: number;
  readonly #options: TermOptions;
  readonly #draining = new AbortController();
  readonly #ended = new AbortController();
  #heldSince: Instant;
  #renewTimer: NodeJS.Timeout | undefined;
  #workTimer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> | undefined;
  #endReason: string | undefined;
  #wasGivenUp = false;
  #lastRenewal: string = 'acquired';

  constructor(options: TermOptions) {
    this.id = options.id;
    this.epoch = options.epoch;
    this.#options = options;
    this.#heldSince = options.heldSince;
    this.#armWorkTimer();
    this.#renewAfter(options.timings.renewMs);
  }

  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Why the term ended, once it has. */
  get endReason(): string | undefined {
    return this.#endReason;
  }

  /** Whether this replica itself gave the lead up, because it could not make use of it. */
  get wasGivenUp(): boolean {
    return this.#wasGivenUp;
  }

  /** What the last renewal came to, for readiness. */
  get lastRenewal(): string {
    return this.#lastRenewal;
  }

  /** Milliseconds until nothing may act any more. */
  leftMs(): number {
    return this.#left(this.#options.timings.workMs);
  }

  /** Milliseconds until this process must be gone. */
  hardLeftMs(): number {
    return this.#left(this.#options.timings.hardMs);
  }

  /** Whether a change may be made now. Ends the term when the lease has run out, so that a late timer changes nothing. */
  canAct(): boolean {
    if (this.#ended.signal.aborted) return false;
    if (this.leftMs() > 0) return true;
    this.end('the lease ran out before it was renewed');
    return false;
  }

  /** Takes no new work from now on; renewal goes on, so that what is in flight can be finished and recorded. */
  drain(): void {
    this.#draining.abort();
  }

  /** Stops everything at once. The first reason stays. */
  end(reason: string): void {
    if (this.#ended.signal.aborted) return;
    this.#endReason = reason;
    clearTimeout(this.#renewTimer);
    clearTimeout(this.#workTimer);
    this.#options.log.info({ epoch: this.epoch, reason }, 'term ended');
    this.#draining.abort();
    this.#ended.abort();
  }

  /** Ends a term that this replica cannot make use of: it stands back then, so that a healthier one can lead. */
  giveUp(reason: string): void {
    if (!this.#ended.signal.aborted) this.#wasGivenUp = true;
    this.end(reason);
  }

  /** Ends the term and gives the lock back. Only when nothing acts any more: another replica leads at once. */
  async release(): Promise<void> {
    this.end('released');
    await this.#renewal;
    await this.#options.lock.release();
  }

  #left(budgetMs: number): number {
    return leftMs(budgetMs, this.#heldSince, readClock(this.#options.clock));
  }

  #armWorkTimer(): void {
    clearTimeout(this.#workTimer);
    this.#workTimer = setTimeout(() => this.canAct() && this.#armWorkTimer(), Math.max(1, this.leftMs()));
  }

  #renewAfter(delayMs: number): void {
    if (this.#ended.signal.aborted) return;
    this.#renewTimer = setTimeout(() => {
      this.#renewal = this.#renew();
    }, delayMs);
  }

  async #renew(): Promise<void> {
    const { lock, timings, log } = this.#options;
    const renewal = await lock.renew();
    if (this.#ended.signal.aborted) return;
    this.#lastRenewal = renewal.result === 'renewed' ? 'renewed' : `${renewal.result}: ${renewal.detail}`;
    switch (renewal.result) {
      case 'renewed':
        this.#heldSince = renewal.heldSince;
        this.#armWorkTimer();
        this.#renewAfter(timings.renewMs);
        return;
      case 'failed':
        log.warn(
          { epoch: this.epoch, detail: renewal.detail, leftMs: Math.round(this.leftMs()) },
          'lease not renewed, trying again',
        );
        this.#renewAfter(Math.min(renewAgainMs, timings.renewMs));
        return;
      case 'lost':
        this.end(`the lock is lost: ${renewal.detail}`);
        return;
      default:
        renewal satisfies never;
    }
  }
}
