import { type Clock, readClock, systemClock } from '../../src/leader/lease.ts';
import type { AcquireResult, HeldLock, LeaderLock, LockServer, RenewResult } from '../../src/leader/lock.ts';

/** What the next renewals come to; the moment before the request is filled in where it succeeds. */
type Renewal = { readonly result: 'renewed' } | Exclude<RenewResult, { readonly result: 'renewed' }>;

/** The leader lock in memory: one holder at a time, no time to live, and a say in what each call comes to. */
export class MemoryLock implements LeaderLock {
  readonly name: string;
  readonly #clock: Clock;
  #holder: object | undefined;
  #renewals = 0;
  #releases = 0;
  /** Decides what a renewal comes to, when it is more than a success. */
  onRenew: () => Renewal | Promise<Renewal> = () => ({ result: 'renewed' });
  /** Runs before the lock is given. */
  onAcquire: () => void | Promise<void> = () => {};

  constructor(name = 'nightwatch', clock: Clock = systemClock) {
    this.name = name;
    this.#clock = clock;
  }

  get isHeld(): boolean {
    return this.#holder !== undefined;
  }

  get renewals(): number {
    return this.#renewals;
  }

  get releases(): number {
    return this.#releases;
  }

  servers(): readonly LockServer[] {
    return [{ name: 'memory', isUp: true }];
  }

  async acquire(): Promise<AcquireResult> {
    const heldSince = readClock(this.#clock);
    await this.onAcquire();
    if (this.#holder) return { result: 'refused', detail: 'another replica holds the lock' };
    const lock = this.#held();
    this.#holder = lock;
    return { result: 'held', lock, heldSince };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder = undefined;
  }

  #held(): HeldLock {
    const lock: HeldLock = {
      renew: async () => {
        this.#renewals += 1;
        const heldSince = readClock(this.#clock);
        const renewal = await this.onRenew();
        return renewal.result === 'renewed' ? { result: 'renewed', heldSince } : renewal;
      },
      release: async () => {
        this.#releases += 1;
        if (this.#holder === lock) this.#holder = undefined;
      },
    };
    return lock;
  }
}
