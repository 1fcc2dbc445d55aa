import { syncBuiltinESMExports } from 'node:module';
import type { TestContext } from 'node:test';

/** Time that goes by only when it is told to, for `setTimeout` and for its namesake of `node:timers/promises`. */
export interface MockTime {
  /** Timers fire, step by step, and what each sets off can settle before the next step. */
  advance(durationMs: number, stepMs?: number): Promise<void>;
}

export function mockTime(context: TestContext): MockTime {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  // A named import of a built-in module is a copy that follows only when told.
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.timers.reset();
    syncBuiltinESMExports();
  });
  return {
    async advance(durationMs, stepMs = 50) {
      for (let passedMs = 0; passedMs < durationMs; passedMs += stepMs) {
        context.mock.timers.tick(Math.min(stepMs, durationMs - passedMs));
        await turn();
      }
    },
  };
}

/** Lets promises settle: one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time, as `performance.now()` tells it, that stands still until it is told to jump; timers do not notice. */
export interface SkippableTime {
  skip(durationMs: number): void;
}

export function skippableTime(context: TestContext): SkippableTime {
  let nowMs = performance.now();
  replaceNow(context, () => nowMs);
  return {
    skip(durationMs) {
      nowMs += durationMs;
    },
  };
}

/** Replaces `performance.now()` until the test ends, without noting every call as a mock does: there are very many. */
export function replaceNow(context: TestContext, now: () => number): void {
  const replaced = performance.now;
  performance.now = now;
  context.after(() => {
    performance.now = replaced;
  });
}
