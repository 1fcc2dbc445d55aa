/** The lease is renewed, and answers are read, between two turns of the event loop: none may be used for longer. */
const longestTurnMs = 20;

/** Keeps much work that never waits by itself from holding up the event loop: each turn does a little of it. */
export class FairTurns {
  #beganAtMs = 0;
  #next: Promise<void> | undefined;

  /** Resolves once a turn has time left, in the order of the calls: in this one, or in a later one. */
  async take(): Promise<void> {
    while (this.#isUsedUp()) await this.#next;
  }

  #isUsedUp(): boolean {
    const nowMs = performance.now();
    if (this.#next === undefined) {
      this.#beganAtMs = nowMs;
      this.#next = new Promise((resolve) => setImmediate(resolve)).then(() => {
        this.#next = undefined;
      });
    }
    return nowMs - this.#beganAtMs > longestTurnMs;
  }
}
