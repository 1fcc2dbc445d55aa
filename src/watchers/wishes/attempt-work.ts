import type { FollowedAttempt } from '../open-attempts.ts';
import type { TermContext } from '../watcher.ts';

/** `done`: there is nothing more to do. `again`: after a rest that doubles each time, or after so many milliseconds. */
export type WorkOutcome = 'done' | 'again' | { readonly againMs: number };

export interface AttemptWorkOptions extends Pick<TermContext, 'term' | 'log'> {
  /** Names the work in logs. */
  readonly name: string;
  readonly work: (attempt: FollowedAttempt) => Promise<WorkOutcome>;
  readonly longestRestMs?: number;
}

interface Rest {
  readonly untilMs: number;
  /** How long it is left alone when the next try comes to nothing, too. */
  readonly nextMs: number;
}

const mostInFlight = 8;
const shortestRestMs = 1_000;

/** Work on single attempts: a few at a time, each with rests of its own, so that one that is slow delays no other. */
export class AttemptWork implements AsyncDisposable {
  readonly #options: AttemptWorkOptions;
  readonly #inFlight = new Map<FollowedAttempt, Promise<void>>();
  readonly #resting = new WeakMap<FollowedAttempt, Rest>();
  #waiting: FollowedAttempt[] = [];

  constructor(options: AttemptWorkOptions) {
    this.#options = options;
  }

  /** Works on these, and no longer on those that are left out. */
  offer(attempts: Iterable<FollowedAttempt>): void {
    const nowMs = performance.now();
    const isReady = (attempt: FollowedAttempt) =>
      !this.#inFlight.has(attempt) && (this.#resting.get(attempt)?.untilMs ?? 0) <= nowMs;
    this.#waiting = [...attempts].filter(isReady);
    this.#start();
  }

  /** Finishes what is in flight. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting = [];
    await Promise.all(this.#inFlight.values());
  }

  #start(): void {
    const { term } = this.#options;
    while (this.#inFlight.size < mostInFlight && term.canAct() && !term.draining.aborted) {
      const attempt = this.#waiting.shift();
      if (!attempt) return;
      if (this.#inFlight.has(attempt)) continue;
      const working = this.#work(attempt).then((outcome) => {
        this.#inFlight.delete(attempt);
        this.#rest(attempt, outcome);
        this.#start();
      });
      this.#inFlight.set(attempt, working);
    }
  }

  /** Never throws: the failure of one is its own. */
  async #work(attempt: FollowedAttempt): Promise<WorkOutcome> {
    const { name, term, log, work } = this.#options;
    try {
      return await work(attempt);
    } catch (error) {
      if (!term.ended.aborted) log.error({ err: error, task: attempt.taskId }, `${name} failed, trying again`);
      return 'again';
    }
  }

  #rest(attempt: FollowedAttempt, outcome: WorkOutcome): void {
    const { longestRestMs = 30_000 } = this.#options;
    if (outcome === 'done') {
      this.#resting.delete(attempt);
      return;
    }
    const nowMs = performance.now();
    if (outcome !== 'again') {
      this.#resting.set(attempt, { untilMs: nowMs + outcome.againMs, nextMs: shortestRestMs });
      return;
    }
    const restMs = this.#resting.get(attempt)?.nextMs ?? shortestRestMs;
    const untilMs = nowMs + restMs * (1 - Math.random() / 4);
    this.#resting.set(attempt, { untilMs, nextMs: Math.min(restMs * 2, longestRestMs) });
  }
}
