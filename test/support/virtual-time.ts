import type { TestContext } from 'node:test';
import { type MockTime, mockTime, replaceNow, turn } from './mock-time.ts';

/** Time of which timers and `performance.now()` know only what they are told. */
export function virtualTime(context: TestContext): MockTime {
  const timers = mockTime(context);
  let nowMs = performance.now();
  replaceNow(context, () => nowMs);
  return {
    async advance(durationMs, stepMs = 5) {
      for (let passedMs = 0; passedMs < durationMs; passedMs += stepMs) {
        nowMs += stepMs;
        await timers.advance(stepMs, stepMs);
        await turn();
      }
    },
  };
}
