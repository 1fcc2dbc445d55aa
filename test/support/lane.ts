/** One direction of a network that takes only so many bytes in a second, whosoever they are. */
export class Lane {
  #bytesPerSecond = 0;
  /** Until when what is on it takes all there is. */
  #freeAtMs = 0;

  /** 0: as many as come. What is on it keeps its time. */
  limit(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Forgets what is on it. */
  clear(): void {
    this.#freeAtMs = 0;
  }

  /** Lets bytes take their turn; returns for how long, until the last of them is through. */
  take(bytes: number): number {
    if (this.#bytesPerSecond === 0) return 0;
    const nowMs = performance.now();
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + (bytes * 1_000) / this.#bytesPerSecond;
    return this.#freeAtMs - nowMs;
  }
}
