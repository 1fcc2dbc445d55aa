import { performance } from 'node:perf_hooks';

/** Time as the scheduler sees it; tests bring their own. */
export interface Clock {
  /** The calendar, which may jump. */
  now(): Date;
  /** Milliseconds since some moment, with fractions; never jumps, and counts while the process is stopped. */
  monotonicMs(): number;
  /** Calls back once after the delay, at the earliest in a later turn of the event loop; the result cancels it. */
  startTimer(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  startTimer(delayMs, callback) {
    // setTimeout(0) would cost a whole millisecond, and a wake-up is meant to be quick.
    if (delayMs <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timeout = setTimeout(callback, delayMs);
    return () => clearTimeout(timeout);
  },
};
