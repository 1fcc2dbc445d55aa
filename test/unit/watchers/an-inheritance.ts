import type { JobView } from '../../../src/task/job-view.ts';
import { Inherited } from '../../../src/watchers/sync/inherited.ts';
import { Verdicts } from '../../../src/watchers/sync/verdicts.ts';
import { aJobView } from '../../support/builders.ts';
import { aTermContext } from '../../support/term-context.ts';

const noLabels: JobView['labels'] = {
  ...{ installation: undefined, attemptId: undefined, rowKey: undefined, taskId: undefined, attemptNumber: undefined },
};

/** Rows that the system before this one left open, and the search for their Jobs; its passes are the test's. */
export async function anInheritance({ namespaces = ['default', 'demo'] } = {}) {
  const context = await aTermContext();
  const { database, cluster, recorder } = context;
  const verdicts = new Verdicts({ ...context, acceptsDeletedJobs: false, settleMs: 0 });
  const inherited = new Inherited({ ...context, namespaces, verdicts });
  return {
    ...{ context, database, cluster },
    leave: (taskId: string, status = 'Running', namespace = 'default') =>
      database.insert({ taskId, status, namespace }),
    putJob: (taskId: string, overrides: Partial<JobView> = {}) =>
      cluster.put(aJobView({ name: `task-${taskId}`, uid: `uid-${taskId}`, labels: noLabels, ...overrides })),
    async look() {
      await inherited.look();
      await verdicts.look();
      await recorder.drain();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}
