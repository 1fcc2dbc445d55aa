import type { OwnWait } from '../../scheduler/pass.ts';
import { nextTickMs, nothingMs } from '../../scheduler/ticks.ts';
import { isStoreError } from '../../store/store-error.ts';
import { restAfterMs } from '../rest-after.ts';
import type { TermContext } from '../watcher.ts';

export interface RestingWorkOptions extends Pick<TermContext, 'term' | 'log'> {
  /** Completes the sentence "… cannot be claimed". */
  readonly rows: string;
  /** Its interval, milliseconds; at every pass unless told. */
  readonly everyMs?: number;
  /** Is handed what the pass is to wait for before it looks. */
  readonly work: (wait: OwnWait | undefined) => Promise<void>;
}

/** A part of a pass with its own pace: it rests after a failure, and the other parts of the pass do not. */
export class RestingWork {
  readonly #options: RestingWorkOptions;
  #failures = 0;
  #dueAtMs = 0;
  #trouble: string | undefined;

  constructor(options: RestingWorkOptions) {
    this.#options = options;
  }

  /** Why it failed last; undefined once it has succeeded again. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** From when on it does something, on the monotonic clock in milliseconds. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** Whether it would do something now. */
  get isDue(): boolean {
    return performance.now() > this.#dueAtMs - nothingMs;
  }

  /** Does nothing before its time. Throws only what the end of the term makes it throw. */
  async run(wait?: OwnWait): Promise<void> {
    const { everyMs, term, work } = this.#options;
    if (!this.isDue) return;
    this.#dueAtMs = everyMs === undefined ? 0 : nextTickMs(everyMs, performance.now());
    try {
      await work(wait);
      this.#failures = 0;
      this.#trouble = undefined;
    } catch (error) {
      if (term.ended.aborted) throw error;
      this.#rest(error);
    }
  }

  #rest(error: unknown): void {
    const { rows, log } = this.#options;
    this.#failures += 1;
    const restMs = Math.round(restAfterMs(error, this.#failures));
    this.#dueAtMs = Math.max(this.#dueAtMs, performance.now() + restMs);
    const words = error instanceof Error ? error.message : String(error);
    this.#trouble = `${rows} cannot be claimed${isStoreError(error) ? ` (${error.kind})` : ''}: ${words}`;
    log.error({ err: error, rows, failures: this.#failures, restMs }, 'rows not claimed, trying again');
  }
}
