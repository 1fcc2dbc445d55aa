import assert from 'node:assert/strict';
import { type VerdictOptions, Verdicts } from '../../../src/watchers/sync/verdicts.ts';
import { aJobView, anAttempt } from '../../support/builders.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

/** So many open rows with recorded Jobs, of which the cluster has none. */
export async function verdictsAbout(
  count: number,
  { namespaces = ['default'], ...options }: Partial<VerdictOptions> & { namespaces?: readonly string[] } = {},
) {
  const context = await aTermContext();
  const followed = Array.from({ length: count }, (_, index) => {
    const id = String(index + 1);
    const namespace = namespaces[index % namespaces.length] ?? 'default';
    const attempt = anAttempt({ taskId: id, attemptId: `attempt-${id}`, jobName: `task-${id}`, namespace });
    context.database.insert(anOpenRow(attempt, { status: 'Running', jobUid: `uid-${id}` }));
    return context.attempts.follow(attempt, { jobUid: `uid-${id}`, started: true });
  });
  const verdicts = new Verdicts({ ...context, acceptsDeletedJobs: false, settleMs: 0, ...options });
  const job = (index: number) => {
    const { namespace, jobName: name, jobUid: uid = '' } = followed[index] ?? assert.fail('no such attempt');
    return aJobView({ namespace, name, uid });
  };
  return {
    ...{ context, verdicts, followed, job },
    /** One attempt, to be suspected. */
    first: followed[0] ?? assert.fail('there is none'),
    failed: () => [...context.database.rows.values()].filter(({ reason }) => reason === 'JobDeleted').length,
    async look() {
      await verdicts.look();
      await context.recorder.drain();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}
