import assert from 'node:assert/strict';
import type { TaskStatus } from '../../../src/task/status.ts';
import { readTasks, type TaskRow } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import type { Round } from './round.ts';

export interface Said {
  readonly status: TaskStatus;
  /** Undefined: any. */
  readonly reason?: string;
}

// The controllers of a cluster that shares two cores with everything else may take that long.
const defaultTimeoutMs = 60_000;

/** Waits until all rows whose name begins so say this; returns them. */
export async function untilRows(
  { installation }: Round,
  prefix: string,
  { status, reason }: Said,
  timeoutMs = defaultTimeoutMs,
): Promise<readonly TaskRow[]> {
  const says = (row: TaskRow) => row.status === status && (reason === undefined || row.reason === reason);
  return until(
    `all rows '${prefix}…' say ${status}(${reason ?? 'any'})`,
    async () => {
      const rows = await readTasks(installation.user, 'name LIKE ?', [`${prefix}%`]);
      const others = rows.filter((row) => !says(row)).map((row) => `${row.name} ${row.status}(${row.reason})`);
      assert.ok(rows.length > 0, 'there are none');
      assert.deepEqual(others, []);
      return rows;
    },
    timeoutMs,
  );
}
