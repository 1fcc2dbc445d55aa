import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ServerProcess } from '../../test/support/server-process.ts';
import { until } from '../../test/support/until.ts';

const reportFile = z.object({ reports: z.number(), longestMs: z.number(), p99Ms: z.number() });

/** How the event loop of a process fared since it was asked last, milliseconds. */
export type EventLoopReport = z.infer<typeof reportFile>;

/** What makes a process of Node report on its event loop, and how to ask it. */
export interface EventLoopProbe {
  readonly nodeArguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Asks the process; its next report begins here. */
  ask(process: ServerProcess): Promise<EventLoopReport>;
}

/** Makes a probe for one process, which reports into a file of that folder. */
export function eventLoopProbe(folder: string): EventLoopProbe {
  const file = join(folder, 'event-loop.json');
  let reports = 0;
  const read = async () => reportFile.parse(JSON.parse(await readFile(file, 'utf8')));
  return {
    nodeArguments: ['--import', new URL('./event-loop-probe.ts', import.meta.url).href],
    env: { BENCH_EVENT_LOOP_FILE: file },
    async ask(process) {
      reports += 1;
      process.kill('SIGUSR2');
      return until('the process has reported on its event loop', async () => {
        const report = await read();
        assert.equal(report.reports, reports);
        return report;
      });
    },
  };
}
