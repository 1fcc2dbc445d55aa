import { type IdleTime, measureIdle } from '../measure/idle-time.ts';
import { type MemoryUse, memoryUse } from '../measure/process-use.ts';
import type { Site } from '../stage/open-site.ts';
import type { EventLoopReport } from '../subjects/event-loop.ts';
import type { ScenarioContext } from './scenario.ts';
import { startToSynced } from './takeover.ts';

/** What a start of nightwatch among unfinished tasks took, and what following them costs. */
export interface MeasuredStart {
  readonly leadingMs: number;
  readonly syncedMs: number;
  readonly loopAtStart: EventLoopReport;
  readonly loopWhenIdle: EventLoopReport;
  readonly idle: IdleTime;
  readonly memory: MemoryUse;
}

/** Starts nightwatch, waits until it is in step, watches it being idle, and stops it. */
export async function measureStart(
  { sizes, server, progress, subjectSettings }: ScenarioContext,
  site: Site,
  sentinels: readonly number[],
): Promise<MeasuredStart> {
  await using started = await startToSynced(site, subjectSettings, sentinels);
  const { leadingMs, syncedMs, nightwatch, probe } = started;
  const loopAtStart = await probe.ask(nightwatch.process);
  progress.step(`idle for ${sizes.idleSeconds} s`);
  const { stage, scene } = site;
  const processes = { leader: nightwatch.process, database: server.process };
  const idle = await measureIdle({ stage, scene, seconds: sizes.idleSeconds, ...processes });
  const loopWhenIdle = await probe.ask(nightwatch.process);
  return { leadingMs, syncedMs, loopAtStart, loopWhenIdle, idle, memory: await memoryUse(nightwatch.process.pid) };
}
