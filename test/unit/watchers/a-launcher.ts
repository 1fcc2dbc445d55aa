import assert from 'node:assert/strict';
import type { ClaimedTask } from '../../../src/task/task.ts';
import { Launcher } from '../../../src/watchers/dispatch/launcher.ts';
import { eventually } from '../../support/eventually.ts';
import type { TaskRow } from '../../support/memory-database.ts';
import { aTermContext, type ContextOptions } from '../../support/term-context.ts';

export interface LauncherSetting extends ContextOptions {
  readonly createsInFlight?: number;
  readonly createDeadlineMs?: number;
}

/** A launcher in a term of its own, with rows that are claimed as dispatch claims them. */
export async function aLauncher({
  createsInFlight = 8,
  createDeadlineMs = 3_600_000,
  ...options
}: LauncherSetting = {}) {
  const context = await aTermContext(options);
  const { database, store, term, attempts, recorder } = context;
  const launcher = new Launcher({ ...context, createsInFlight, createDeadlineMs });
  return {
    ...{ context, launcher },
    row: (taskId: string) => database.row(taskId),
    /** Inserts rows and claims them. */
    async claim(...rows: readonly (Partial<TaskRow> & { readonly taskId: string })[]): Promise<readonly ClaimedTask[]> {
      for (const row of rows) database.insert(row);
      const claim = await store.claimNormal(
        term.epoch,
        rows.map(({ taskId }) => taskId),
        30_000,
      );
      assert.ok(claim.result === 'claimed');
      for (const task of claim.tasks) attempts.follow(task);
      return claim.tasks;
    },
    /** Inserts one row and claims it. */
    async claimOne(row: Partial<TaskRow> = {}): Promise<ClaimedTask> {
      const [task] = await this.claim({ taskId: '1', ...row });
      return task ?? assert.fail('the row was not claimed');
    },
    /** Waits until all that was begun has been written. */
    async settled(): Promise<void> {
      const isOver = () =>
        [...database.rows.values()].every(({ attemptId }) => attemptId !== undefined && !recorder.isPending(attemptId));
      await new Promise(setImmediate);
      await recorder.drain();
      await eventually(isOver, 'everything is written');
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}
