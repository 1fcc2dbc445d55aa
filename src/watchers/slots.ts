import { unlessAborted } from '../unless-aborted.ts';

/** Lets at most so many pieces of work be under way at a time; the others wait in the order in which they came. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Does the work when its turn has come; rejects with the signal's reason when that aborts before. */
  async take<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const turn = this.#turn();
    try {
      await unlessAborted(turn, signal);
    } catch (error) {
      // Whoever waits no longer passes the turn on when it comes.
      turn.then(() => this.#release()).catch(() => {});
      throw error;
    }
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
