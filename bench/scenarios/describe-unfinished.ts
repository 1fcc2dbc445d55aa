import { type IdleTime, perMinute } from '../measure/idle-time.ts';
import { milliseconds, number, percent } from '../report/format.ts';
import type { MeasuredStart } from './measure-start.ts';
import type { Findings, Goal, ScenarioContext, Table } from './scenario.ts';

export interface UnfinishedFigures {
  readonly tasks: number;
  /** How long it took to read the list of their Jobs, each time. */
  readonly pagedMs: readonly number[];
  readonly first: MeasuredStart;
  readonly again: MeasuredStart;
}

const mostResidentMb = 200;
const longestBlockMs = 50;

export function describeUnfinished({ sizes }: ScenarioContext, figures: UnfinishedFigures): Findings {
  const { tasks, pagedMs, first, again } = figures;
  return {
    tables: [tableOf(figures)],
    goals: goalsOf(figures),
    charts: [],
    notes: tasks < sizes.unfinishedTasks ? [`There was time to make ${number(tasks)} tasks only.`] : [],
    figures: { tasks, pagedMs, first: countedCalls(first), again: countedCalls(again) },
  };
}

function tableOf({ tasks, first, again }: UnfinishedFigures): Table {
  const rows: readonly (readonly [name: string, value: (start: MeasuredStart) => string])[] = [
    ['start of the process to leading', ({ leadingMs }) => milliseconds(leadingMs)],
    ['start of the process to synced', ({ syncedMs }) => milliseconds(syncedMs)],
    ['longest event-loop block at the start', ({ loopAtStart }) => milliseconds(loopAtStart.longestMs)],
    ['longest event-loop block when idle', ({ loopWhenIdle }) => milliseconds(loopWhenIdle.longestMs)],
    ['resident memory (peak)', ({ memory }) => `${number(memory.residentMb)} MB (${number(memory.peakMb)})`],
    ['API calls about Jobs a minute', ({ idle }) => number(perMinute(idle, idle.apiCalls.length))],
    ['statements a minute', ({ idle }) => number(perMinute(idle, idle.work.statements))],
    ['CPU of the idle leader', ({ idle }) => percent(idle.leaderCpu)],
  ];
  return {
    headers: [`${number(tasks)} unfinished tasks`, 'first start', 'second start'],
    rows: rows.map(([name, value]) => [name, value(first), value(again)]),
  };
}

function goalsOf({ pagedMs, first, again }: UnfinishedFigures): readonly Goal[] {
  const starts = [first, again];
  const paged = Math.min(...pagedMs);
  const residentMb = Math.max(...starts.map(({ memory }) => memory.peakMb));
  const blockMs = Math.max(...starts.flatMap((start) => [start.loopAtStart.longestMs, start.loopWhenIdle.longestMs]));
  const calls = starts.reduce((sum, { idle }) => sum + aboutOneTask(idle), 0);
  const toPaging = again.syncedMs / paged;
  return [
    {
      ...{ letter: 'e', goal: `memory at most ${mostResidentMb} MB`, measured: `${number(residentMb)} MB at its peak` },
      isReached: residentMb <= mostResidentMb,
    },
    {
      ...{ letter: 'e', goal: `no event-loop block over ${longestBlockMs} ms`, measured: milliseconds(blockMs) },
      isReached: blockMs <= longestBlockMs,
    },
    {
      ...{ letter: 'e', goal: 'restart to synced at most 2x paging the list' },
      ...{ measured: `${toPaging.toFixed(2)}x of ${milliseconds(paged)}`, isReached: toPaging <= 2 },
    },
    { letter: 'f', goal: 'no API call about an idle task', measured: `${calls} calls`, isReached: calls === 0 },
  ];
}

/** The numbers of a start, without the requests one by one. */
function countedCalls({ idle, ...rest }: MeasuredStart): unknown {
  return { ...rest, idle: { ...idle, apiCalls: idle.apiCalls.length } };
}

/** Requests that name a Job; lists and watches name none. */
function aboutOneTask({ apiCalls }: IdleTime): number {
  return apiCalls.filter(({ name }) => name !== undefined).length;
}
