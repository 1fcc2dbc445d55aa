import type { Wait } from '../../executors/executor.ts';
import type { JobView } from '../../task/job-view.ts';
import { laterName } from '../../task/later-name.ts';
import type { ClaimedTask } from '../../task/task.ts';
import type { TermContext } from '../watcher.ts';

/** `renamed`: try at once under this name, which may be the same one, free now. */
export type NameOutcome = { readonly result: 'renamed'; readonly jobName: string } | Wait;

/**
 * Makes room for an attempt whose name an ended Job of this installation has.
 *
 * That Job is removed when no row carries it any more (its row was deleted, or went on to another attempt); when another
 * row does, its result stays and this attempt gets another name.
 */
export async function freeName(
  { store, executor, term, log }: Pick<TermContext, 'store' | 'executor' | 'term' | 'log'>,
  task: ClaimedTask,
  by: JobView,
): Promise<NameOutcome> {
  const { taskId, attemptId } = by.labels;
  const isCarried =
    taskId !== undefined &&
    /^\d+$/.test(taskId) &&
    attemptId !== undefined &&
    (await store.isCarried({ taskId, attemptId }));
  if (!term.canAct()) return busy(by);
  if (isCarried) {
    const jobName = laterName(task.jobName, task.taskId, task.number);
    const written = await store.recordRenamed(term.epoch, [
      { taskId: task.taskId, attemptId: task.attemptId, jobName },
    ]);
    if (written.result === 'fenced') term.end('the database has a newer epoch');
    return written.result === 'written' && written.passedOver.length === 0 ? { result: 'renamed', jobName } : busy(by);
  }
  const removed = await executor.remove(by, term.ended);
  log.info(
    { namespace: by.namespace, job: by.name, uid: by.uid, outcome: removed.result },
    'an ended job that no row carries made room',
  );
  return removed.result === 'removed' ? { result: 'renamed', jobName: task.jobName } : busy(by);
}

function busy(by: JobView): Wait {
  return {
    result: 'wait',
    reason: 'NameConflict',
    message: `an ended Job ${by.namespace}/${by.name} (uid ${by.uid}) has the name; this one is created once it is gone`,
    shortestMs: 1_000,
    longestMs: 30_000,
    scope: 'attempt',
  };
}
