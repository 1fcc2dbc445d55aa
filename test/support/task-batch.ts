import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { countTasks } from './count-tasks.ts';
import { aNewTask, insertTasks, type NewTask } from './task-rows.ts';
import { until } from './until.ts';

/** Submits tasks named `<prefix>-1` and so on; they succeed at once unless `overrides` says otherwise. */
export async function submitBatch(
  { user, namespace }: { readonly user: Connection; readonly namespace: string },
  { prefix, count, ...overrides }: { readonly prefix: string; readonly count: number } & Partial<NewTask>,
): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
  const tasks = names.map((name) => aNewTask({ namespace, ...overrides, name }));
  await insertTasks(user, tasks);
}

/** Waits until every row whose name begins so has a status; all rows unless told. */
export async function untilBatch(
  user: Connection,
  { prefix = '', status, timeoutMs = 60_000 }: BatchEnd,
): Promise<void> {
  const others = () => countTasks(user, 'name LIKE ? AND status <> ?', [`${prefix}%`, status]);
  const what = `all rows '${prefix}…' are ${status}`;
  await until(what, async () => assert.equal(await others(), 0, 'number of the others'), timeoutMs);
}

export interface BatchEnd {
  readonly prefix?: string;
  readonly status: string;
  readonly timeoutMs?: number;
}
