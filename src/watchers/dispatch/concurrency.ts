/**
 * How many creates may be in flight: one more after a full round of quick answers, half when the server shows strain.
 *
 * Additive increase and multiplicative decrease, as TCP does; the server's own limit is found and not configured.
 */
export class Concurrency {
  readonly #most: number;
  #limit: number;
  #quick = 0;
  #lastDecreaseMs = Number.NEGATIVE_INFINITY;

  /** Begins at half of `most`, at least 1. */
  constructor(most: number) {
    this.#most = most;
    this.#limit = Math.max(1, Math.ceil(most / 2));
  }

  get limit(): number {
    return this.#limit;
  }

  /** A create was answered after `latencyMs`. */
  answered(latencyMs: number, nowMs: number): void {
    if (latencyMs > slowMs) {
      this.strained(nowMs);
      return;
    }
    this.#quick += 1;
    if (this.#quick < this.#limit || this.#limit >= this.#most) return;
    this.#limit += 1;
    this.#quick = 0;
  }

  /** A time-out, a 429, a slow answer: all creates of one round tell of the same strain, so only the first counts. */
  strained(nowMs: number): void {
    this.#quick = 0;
    if (nowMs - this.#lastDecreaseMs < roundMs) return;
    this.#lastDecreaseMs = nowMs;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }
}

const slowMs = 2_000;
const roundMs = 1_000;
