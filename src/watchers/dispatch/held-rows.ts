/**
 * Rows that a claim passed over because somebody else's transaction holds them, each with the time of its next try.
 *
 * They stay in the range of Normal rows meanwhile; leaving them out of a page is what lets the rows behind them go on.
 */
export class HeldRows {
  readonly #rows = new Map<string, { retryAtMs: number; pauseMs: number }>();

  get size(): number {
    return this.#rows.size;
  }

  has(taskId: string): boolean {
    return this.#rows.has(taskId);
  }

  isResting(taskId: string, nowMs: number): boolean {
    return (this.#rows.get(taskId)?.retryAtMs ?? 0) > nowMs;
  }

  /** Rests after a claim that passed the row over: 50 ms, doubled each time, 5 s at most. */
  rest(taskId: string, nowMs: number): void {
    const pauseMs = Math.min((this.#rows.get(taskId)?.pauseMs ?? shortestMs / 2) * 2, longestMs);
    this.#rows.set(taskId, { retryAtMs: nowMs + pauseMs, pauseMs });
  }

  release(taskId: string): void {
    this.#rows.delete(taskId);
  }

  /** Forgets rows that nobody asked for any more: deleted, or taken out of Normal by their user. */
  forgetOld(nowMs: number): void {
    for (const [taskId, { retryAtMs }] of this.#rows) if (nowMs - retryAtMs > forgottenMs) this.#rows.delete(taskId);
  }
}

const shortestMs = 50;
const longestMs = 5_000;
const forgottenMs = 30_000;
