import type { Logger } from '../log.ts';
import { backOffMs } from './back-off.ts';
import { type Clock, systemClock } from './clock.ts';
import type { OwnWait, Pass } from './pass.ts';
import type { Schedule } from './schedule.ts';
import { nextTickMs, nothingMs } from './ticks.ts';

export interface RepeatOptions {
  /** Names the work in logs. */
  readonly name: string;
  readonly schedule: Schedule;
  readonly pass: Pass;
  readonly log: Pick<Logger, 'error' | 'info' | 'debug'>;
  /** Handed to every pass; once it is aborted no further pass starts, and what the running one throws is no failure. */
  readonly signal: AbortSignal;
  /** By default at once for an interval, and at the next tick for a cron expression. */
  readonly firstPass?: 'at once' | 'at the next tick';
  readonly clock?: Clock;
  /** Numbers from 0 to below 1. */
  readonly random?: () => number;
}

/** Work that is being repeated. */
export interface Repetition extends AsyncDisposable {
  /**
   * Asks for a pass as soon as possible, beside the schedule.
   *
   * Many requests make one pass; a request during a pass makes one more right after it, and one during a back-off waits
   * until that is over.
   */
  wake(): void;
  /** Starts no further pass, and resolves when the running one has ended; the signal is what would cut it short. */
  stop(): Promise<void>;
}

/** Repeats a pass by its schedule, never two at once, until it is stopped or the signal is aborted. */
export function startRepeating(options: RepeatOptions): Repetition {
  return new RepeatingLoop(options);
}

// The calendar may jump while a timer runs, and a timer of Node ends at 24.8 days: look again at least this often.
const longestSleepMs = 60_000;
/** What is left to a pass that waits by itself: not so long that a wake-up or a stop would wait for it. */
const longestOwnWaitMs = 20;

class RepeatingLoop implements Repetition {
  readonly #options: RepeatOptions;
  readonly #clock: Clock;
  readonly #ended: Promise<void>;
  #stopping: boolean;
  #woken: boolean;
  #startedAtMs: number;
  #failures = 0;
  #restMs = 0;
  /** What of the time before its tick is left to the next pass. */
  #ownWait: OwnWait | undefined;
  #endSleep: (() => void) | undefined;
  /** Set only while a wake-up may end the sleep. */
  #endNap: (() => void) | undefined;

  constructor(options: RepeatOptions) {
    const { schedule, signal, firstPass = schedule.kind === 'interval' ? 'at once' : 'at the next tick' } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#startedAtMs = this.#clock.monotonicMs();
    this.#stopping = signal.aborted;
    this.#woken = firstPass === 'at once';
    this.#ended = this.#repeat();
  }

  wake(): void {
    this.#woken = true;
    this.#endNap?.();
  }

  stop(): Promise<void> {
    this.#stop();
    return this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  readonly #stop = (): void => {
    this.#stopping = true;
    this.#endSleep?.();
  };

  async #repeat(): Promise<void> {
    const { signal } = this.#options;
    // One listener for the whole life: one per pass would be a hundred a second for months.
    signal.addEventListener('abort', this.#stop);
    try {
      while (await this.#isDue()) await this.#runPass();
    } finally {
      signal.removeEventListener('abort', this.#stop);
    }
  }

  /** Waits until a pass is due: true; false when none will be, because of a stop. */
  async #isDue(): Promise<boolean> {
    // A stop that came during a pass has found no sleep to end.
    if (this.#restMs > 0 && !this.#stopping) await this.#sleep(this.#restMs, false);
    const untilTickMs = this.#countDown();
    this.#ownWait = undefined;
    let hasSlept = false;
    while (!this.#stopping && !this.#woken) {
      const remainingMs = untilTickMs();
      if (remainingMs < nothingMs) break;
      if (this.#options.pass.waitsItself && remainingMs <= longestOwnWaitMs) {
        this.#ownWait = { untilTickMs: remainingMs, intervalMs: this.#intervalMs() };
        break;
      }
      await this.#sleep(Math.min(Math.ceil(remainingMs), longestSleepMs), true);
      hasSlept = true;
    }
    // By way of the event loop: what asks for a pass in one turn gets one, and a pass that wakes itself starves nobody.
    const isAtOnce = this.#woken || (!hasSlept && !this.#ownWait);
    if (!this.#stopping && isAtOnce) await this.#sleep(0, false);
    return !this.#stopping;
  }

  /** Milliseconds to the next tick, to be asked again and again. */
  #countDown(): () => number {
    const { schedule } = this.#options;
    const clock = this.#clock;
    const now = clock.now();
    const delayMs = schedule.nextDelayMs(now);
    if (schedule.kind === 'interval') {
      const dueAtMs = nextTickMs(delayMs, this.#startedAtMs, clock.monotonicMs());
      return () => dueAtMs - clock.monotonicMs();
    }
    let dueAtMs = now.getTime() + delayMs;
    return () => {
      const current = clock.now();
      const currentMs = current.getTime();
      // After the calendar was put back, the next tick is another, earlier one.
      if (currentMs < dueAtMs) dueAtMs = Math.min(dueAtMs, currentMs + schedule.nextDelayMs(current));
      return dueAtMs - currentMs;
    };
  }

  #intervalMs(): number | undefined {
    const { schedule } = this.#options;
    return schedule.kind === 'interval' ? schedule.nextDelayMs(this.#clock.now()) : undefined;
  }

  async #runPass(): Promise<void> {
    const { name, pass, log, signal } = this.#options;
    this.#woken = false;
    this.#startedAtMs = this.#clock.monotonicMs() + (this.#ownWait?.untilTickMs ?? 0);
    try {
      await pass.run(signal, this.#ownWait);
    } catch (error) {
      // Whatever it was, the work itself goes on: the next pass looks at all that is pending anyway.
      this.#noteFailure(error);
      return;
    }
    if (this.#failures > 0) log.info({ watcher: name, failures: this.#failures }, 'pass succeeds again');
    this.#failures = 0;
    this.#restMs = 0;
  }

  #noteFailure(error: unknown): void {
    const { name, log, signal, random = Math.random } = this.#options;
    if (signal.aborted) {
      log.debug({ watcher: name, err: error }, 'pass ended by abort');
      return;
    }
    this.#failures += 1;
    this.#restMs = Math.round(backOffMs(this.#failures, random));
    log.error({ watcher: name, failures: this.#failures, restMs: this.#restMs, err: error }, 'pass failed');
  }

  #sleep(delayMs: number, wakeEndsIt: boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#endSleep = undefined;
        this.#endNap = undefined;
        cancelTimer();
        resolve();
      };
      const cancelTimer = this.#clock.startTimer(delayMs, end);
      this.#endSleep = end;
      if (wakeEndsIt) this.#endNap = end;
    });
  }
}
