import type { RowState } from '../history/row-history.ts';
import type { Assertion, JudgedRound } from './judged-round.ts';

const wordOf = { Complete: 'Succeeded', Failed: 'Failed' } as const;

/** An attempt that has ended is never written again, and its end is the one that its Job has come to. */
export const ends: Assertion = (round) => {
  const reopened = round.rows
    .filter(
      ({ by, before, after }) => by === 'nightwatch' && isEnded(before) && after?.attempt_id === before?.attempt_id,
    )
    .map(
      ({ taskId, seq, before, after }) =>
        `row ${taskId} had ended as ${before?.status} and was written again: ${after?.status} (change ${seq})`,
    );
  const untrue = round.rows
    .filter(({ by, before, after }) => by === 'nightwatch' && !isEnded(before) && isEnded(after))
    .flatMap(({ taskId, after }) => (after ? faultOfEnd(taskId, after, round) : []));
  return [...reopened, ...untrue];
};

function isEnded(row: RowState | undefined): boolean {
  return row !== undefined && row.attempt_id !== null && row.finished_at !== null;
}

function faultOfEnd(taskId: string, row: RowState, { jobs }: JudgedRound): readonly string[] {
  const { status, reason, job_uid } = row;
  const ofJob = jobs.filter(({ uid }) => uid === job_uid);
  const end = job_uid === null ? undefined : ofJob.find((job) => job.end !== undefined)?.end;
  // Whoever deletes a Job whose end nobody has seen yet takes that end away.
  const isDeleted = ofJob.some(({ kind, epoch }) => kind === 'delete' && epoch === undefined);
  if (end !== undefined && status !== wordOf[end] && !isDeleted)
    return [`row ${taskId} ended as ${status}(${reason}), its Job ${job_uid} as ${end}`];
  if (end === undefined && status === 'Succeeded')
    return [`row ${taskId} ended as Succeeded, its Job ${job_uid} did not`];
  if (end === undefined && status === 'Failed' && reason === null)
    return [`row ${taskId} ended as Failed without a reason, its Job ${job_uid} did not`];
  return [];
}
