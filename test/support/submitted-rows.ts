import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { aNewTask, anInfo, insertTasks, type NewTask, readTask, type TaskRow } from './task-rows.ts';
import { until } from './until.ts';

/** What tests say of single rows by their names, as their users do. */
export interface SubmittedRows {
  /** Submits one whose pods live so, and waits until its status, and its reason where one is given, are these. */
  submit(name: string, life: string, status?: string, reason?: string): Promise<TaskRow>;
  insert(task: Partial<NewTask>): Promise<void>;
  want(name: string, desired: 'Run' | 'Suspend' | 'Cancel'): Promise<void>;
  read(name: string): Promise<TaskRow>;
  untilStatus(name: string, status: string, reason?: string, timeoutMs?: number): Promise<TaskRow>;
}

export function submittedRows(user: Connection, namespace: string): SubmittedRows {
  const rows: SubmittedRows = {
    async submit(name, life, status = 'Running', reason = undefined) {
      await rows.insert({ name, info: anInfo({ life }) });
      return await rows.untilStatus(name, status, reason);
    },
    insert: (task) => insertTasks(user, [aNewTask({ namespace, ...task })]),
    async want(name, desired) {
      await user.query('UPDATE task SET desired = ? WHERE name = ?', [desired, name]);
    },
    read: (name) => readTask(user, name),
    untilStatus: (name, status, reason, timeoutMs) =>
      until(
        `'${name}' is ${status}`,
        async () => {
          const row = await readTask(user, name);
          assert.equal(row.status, status, JSON.stringify(row));
          if (reason !== undefined) assert.equal(row.reason, reason);
          return row;
        },
        timeoutMs,
      ),
  };
  return rows;
}
