import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * Loaded into a process by `node --import`, which knows nothing of it: at each SIGUSR2 it writes how long the event loop
 * was blocked since the last one, and begins anew.
 */

const resolutionMs = 10;
const file = process.env.BENCH_EVENT_LOOP_FILE;

if (file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  let reports = 0;
  delay.enable();
  process.on('SIGUSR2', () => {
    reports += 1;
    // The histogram has the time from one timer to the next, so an idle loop shows the timer's own interval.
    const blockedMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolutionMs);
    const report = { reports, longestMs: blockedMs(delay.max), p99Ms: blockedMs(delay.percentile(99)) };
    writeFileSync(file, JSON.stringify(report));
    delay.reset();
  });
}
