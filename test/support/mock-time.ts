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

/** Time whose passing is only compared, by `performance.now()`: it jumps ahead when told to, and timers do not notice. */
export interface SkippableTime {
  skip(durationMs: number): void;
}

export function skippableTime(context: TestContext): SkippableTime {
  const realNow = performance.now.bind(performance);
  let skippedMs = 0;
  context.mock.method(performance, 'now', () => realNow() + skippedMs);
  return {
    skip(durationMs) {
      skippedMs += durationMs;
    },
  };
}
