import type { RowState } from '../history/row-history.ts';
import type { Assertion, JudgedRound } from './judged-round.ts';

/** No Job of ours without a row that has recorded it, and no row whose recorded Job is gone, but what the fault explains. */
export const nothingLeft: Assertion = (round) => {
  const recorded = new Set(round.rows.flatMap(({ after }) => after?.job_uid ?? []));
  const present = new Set(round.remaining.map(({ uid }) => uid));
  const jobs = round.remaining
    .filter(
      ({ installation, uid }) => installation === round.installation && !recorded.has(uid) && !round.explained.has(uid),
    )
    .map(({ namespace, name, uid }) => `Job ${namespace}/${name} (uid ${uid}) belongs to no row`);
  const rows = [...lastStates(round)]
    .filter(([, { job_uid }]) => job_uid !== null && !present.has(job_uid) && !isExplained(job_uid, round))
    .map(([taskId, { job_uid, status }]) => `row ${taskId} is ${status}, and its Job ${job_uid} is gone`);
  return [...jobs, ...rows];
};

function isExplained(uid: string, { jobs, explained }: JudgedRound): boolean {
  return explained.has(uid) || jobs.some((job) => job.kind === 'delete' && job.uid === uid && job.epoch === undefined);
}

/** The rows that are there at the end. */
function lastStates({ rows }: JudgedRound): ReadonlyMap<string, RowState> {
  const states = new Map<string, RowState>();
  for (const { taskId, after } of rows) {
    if (after) states.set(taskId, after);
    else states.delete(taskId);
  }
  return states;
}
