import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { hasEnded, readShownTasks, type ShownTask } from './shown-task.ts';
import type { TaskView } from './task-view.ts';

const intervalMs = 100;

export interface FollowOptions {
  readonly user: Connection;
  readonly view: TaskView;
  /** Stop following once the rows that are there have ended; `undefined` to go on until the signal aborts. */
  readonly untilEndedWithinMs: number | undefined;
  readonly signal: AbortSignal;
}

export type FollowOutcome =
  | { readonly result: 'interrupted' }
  | { readonly result: 'succeeded' }
  | { readonly result: 'failed'; readonly reason: string };

/** Shows the rows of the table as they change. */
export async function followTasks({ user, view, untilEndedWithinMs, signal }: FollowOptions): Promise<FollowOutcome> {
  const endsAtMs = performance.now() + (untilEndedWithinMs ?? Number.POSITIVE_INFINITY);
  while (!signal.aborted) {
    const tasks = await readShownTasks(user);
    view.show(tasks);
    if (untilEndedWithinMs !== undefined && tasks.every(hasEnded)) return verdictOn(tasks);
    if (performance.now() > endsAtMs) return tooLate(tasks, untilEndedWithinMs ?? 0);
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined); // an abort ends the loop, nothing else
  }
  return { result: 'interrupted' };
}

function verdictOn(tasks: readonly ShownTask[]): FollowOutcome {
  const failed = tasks.filter(({ status }) => status === 'Failed').map(({ name }) => name);
  return failed.length === 0 ? { result: 'succeeded' } : { result: 'failed', reason: `failed: ${failed.join(', ')}` };
}

function tooLate(tasks: readonly ShownTask[], withinMs: number): FollowOutcome {
  const open = tasks.filter((task) => !hasEnded(task)).map(({ name, status }) => `${name} is ${status}`);
  return { result: 'failed', reason: `not ended within ${withinMs / 1000} s: ${open.join(', ')}` };
}
