import type { JobChange } from '../history/job-history.ts';
import type { RowChange, RowState } from '../history/row-history.ts';
import type { Assertion } from './judged-round.ts';

const wordOf = { Complete: 'Succeeded', Failed: 'Failed' } as const;

/** Every attempt ends as its Job did, unless the Job was deleted before; what nightwatch itself ends it has said before. */
export const trueEnds: Assertion = ({ rows, jobs }) => {
  const byUid = Map.groupBy(jobs, ({ uid }) => uid);
  return rows.filter(endsAttempt).flatMap(({ taskId, before, after, seq }) => {
    if (!before || !after) return [];
    const faults = [faultOfWord(before, after), faultOfJob(after, byUid.get(after.job_uid ?? '') ?? [])];
    return faults.filter((fault) => fault !== undefined).map((fault) => `row ${taskId} ${fault} (change ${seq})`);
  });
};

/** Whether nightwatch writes the end of an attempt, or of a row that never had one. */
export function endsAttempt({ by, before, after }: RowChange): boolean {
  return by === 'nightwatch' && before?.finished_at === null && typeof after?.finished_at === 'string';
}

/** Between two attempts a row waits: its last one has failed. */
function wordOfEnd({ status }: RowState): string {
  return status === 'Pending' ? 'Failed' : status;
}

function faultOfWord(before: RowState, after: RowState): string | undefined {
  const { status, reason, job_uid } = after;
  if (!['Succeeded', 'Failed', 'Cancelled', 'Pending'].includes(status)) return `ended as ${status}`;
  // A row whose Job could not be created until then has nothing that were to be deleted.
  const isOwnEnd = status === 'Cancelled' || (reason === 'StartDeadline' && job_uid !== null);
  if (isOwnEnd && before.attempt_id !== null && before.ending !== reason)
    return `ended as ${status}(${reason}) without an intent: ending was ${before.ending}`;
  return undefined;
}

function faultOfJob(after: RowState, ofJob: readonly JobChange[]): string | undefined {
  const { status, reason, job_uid } = after;
  const ended = ofJob.find(({ end }) => end !== undefined);
  const word = wordOfEnd(after);
  if (ended?.end !== undefined) {
    const isTrue = word === wordOf[ended.end] || ofJob.some((change) => takesAway(change, ended));
    return isTrue ? undefined : `ended as ${status}(${reason}), its Job ${job_uid} as ${ended.end}`;
  }
  if (word === 'Succeeded') return `ended as Succeeded, its Job ${job_uid} did not`;
  if (word === 'Failed' && reason === null) return `ended as Failed without a reason, its Job ${job_uid} did not`;
  const isThere = job_uid !== null && !ofJob.some(({ kind }) => kind === 'delete');
  if (isThere && (status === 'Pending' || status === 'Cancelled'))
    return `is ${status}(${reason}), and its Job ${job_uid} neither ended nor was deleted`;
  return undefined;
}

/**
 * Whether a deletion hides how the Job ended: somebody else's at any time, for nobody may have seen the end; nightwatch's
 * own only where the Job had not ended when it was asked for.
 */
function takesAway({ kind, epoch, sentAtMs }: JobChange, end: JobChange): boolean {
  return kind === 'delete' && (epoch === undefined || sentAtMs <= end.atMs);
}
