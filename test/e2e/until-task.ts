import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const defaultTimeoutMs = 60_000;

/** Waits until the one row of a name says what is given, and returns it. */
export function untilTask(
  user: Connection,
  name: string,
  expected: Partial<TaskRow>,
  timeoutMs = defaultTimeoutMs,
): Promise<TaskRow> {
  return until(
    `task ${name} is ${Object.values(expected).join(', ')}`,
    async () => {
      const row = await readTask(user, name);
      assert.deepEqual({ ...row, ...expected }, row);
      return row;
    },
    timeoutMs,
  );
}
