import type { JobView } from '../../../../src/task/job-view.ts';
import type { Attempt } from '../../../../src/task/task.ts';
import { createDispatch } from '../../../../src/watchers/dispatch/dispatch.ts';
import type { FollowedAttempt } from '../../../../src/watchers/open-attempts.ts';
import { ObservationState } from '../../../../src/watchers/sync/observation-state.ts';
import { createSync } from '../../../../src/watchers/sync/sync.ts';
import { createWishes } from '../../../../src/watchers/wishes/wishes.ts';
import { anAttempt } from '../../../support/builders.ts';
import { eventually, realPause } from '../../../support/eventually.ts';
import type { TaskRow } from '../../../support/memory-database.ts';
import { aTermContext, type ContextOptions } from '../../../support/term-context.ts';
import { anOpenRow } from '../a-followed-namespace.ts';

/** A term with the watchers that act on wishes, on a database and a cluster in memory; their passes are the test's. */
export async function wishesAtWork(options: ContextOptions = {}) {
  const context = await aTermContext(options);
  const { attempts, cluster, database, recorder, term } = context;
  const state = new ObservationState();
  const sync = createSync({ namespaces: ['default'], orphans: 'keep', acceptsDeletedJobs: false, state });
  const times = { intervalMs: 10, createsInFlight: 8, createLeaseMs: 30_000, createDeadlineMs: 3_600_000 };
  const runs = [createDispatch({ ...times, state }), sync, createWishes()].map((watcher) =>
    watcher.begin(context, () => {}),
  );
  await eventually(() => cluster.observers.size > 0, 'the namespace is observed');
  const row = (taskId = '1') => database.row(taskId);
  const pass = async () => {
    for (const run of runs) if (term.canAct()) await run.run(term.ended);
    await recorder.drain();
  };
  return {
    ...{ context, cluster, database, attempts, row, pass },
    /** An attempt that is open in a row of its own; with the Job of the view given, where one is. */
    open(overrides: Partial<TaskRow> = {}, job?: Partial<JobView>, attempt: Attempt = anAttempt()): FollowedAttempt {
      const view = job && cluster.jobOf(attempt, job);
      database.insert({ ...anOpenRow(attempt, { jobUid: view?.uid }), ...overrides });
      const followed = attempts.follow(attempt, { jobUid: view?.uid, started: view !== undefined && view.ready > 0 });
      if (view) cluster.put(view);
      return followed;
    },
    /** Lets passes follow each other until a row is so. */
    async untilRow(isSo: (row: TaskRow) => boolean, what: string, taskId = '1'): Promise<TaskRow> {
      for (let passes = 0; passes < 500 && !isSo(row(taskId)); passes += 1) {
        await pass();
        await realPause(2);
      }
      if (!isSo(row(taskId))) throw new Error(`not: ${what}: ${JSON.stringify(row(taskId))}`);
      return row(taskId);
    },
    async [Symbol.asyncDispose]() {
      term.end('the test is over');
      await context[Symbol.asyncDispose]();
    },
  };
}

/** Another attempt than that of the first row. */
export function attemptOf(taskId: string): Attempt {
  return anAttempt({ taskId, attemptId: `attempt-${taskId}`, rowKey: `row-${taskId}`, jobName: `task-${taskId}` });
}
