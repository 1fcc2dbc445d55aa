import { hasEnded, type JobView } from './job-view.ts';
import type { RowIdentity } from './task.ts';

/**
 * Whose a Job of this installation is.
 *
 * - `recorded`: its row's own.
 * - `adoptable`: the Job of its row's open attempt, which has none recorded yet.
 * - `former`: the ended Job of an earlier attempt; it stays until its time to live is over.
 * - `leftover`: made twice, or outlived by its row's next attempt: to be removed.
 * - `orphan`: no row carries it: kept, unless the operator chose otherwise.
 */
export type JobOwnership = 'recorded' | 'adoptable' | 'former' | 'leftover' | 'orphan';

/** Judges by the row's own identity, never by what users write: a row inserted again with the same id and name is another row. */
export function judgeJob(job: JobView, row: RowIdentity | undefined): JobOwnership {
  const { rowKey, attemptId, attemptNumber } = job.labels;
  if (row === undefined || rowKey === undefined || rowKey !== row.rowKey) return 'orphan';
  if (attemptId === row.attemptId) {
    if (row.jobUid === job.uid) return 'recorded';
    if (row.jobUid !== undefined || !row.isOpen) return 'leftover';
    // Under another name it is a copy that somebody made by hand, labels and all.
    return row.jobName === job.name && row.namespace === job.namespace ? 'adoptable' : 'orphan';
  }
  if (attemptNumber === undefined || attemptNumber >= row.number) return 'orphan';
  return hasEnded(job) ? 'former' : 'leftover';
}
