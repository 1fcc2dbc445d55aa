import type { RowState } from '../history/row-history.ts';
import type { Assertion, JudgedRound } from './judged-round.ts';
import { removalIntents } from './removal-intents.ts';

/**
 * No Job of ours without a row that has recorded it, no row whose recorded Job is gone, but what the fault explains or
 * nightwatch has committed before; and no Job of a row that is Cancelled.
 */
export const nothingLeft: Assertion = (round) => {
  const recorded = new Set(round.rows.flatMap(({ after }) => after?.job_uid ?? []));
  const present = new Set(round.remaining.map(({ uid }) => uid));
  const intents = removalIntents(round);
  const jobs = round.remaining
    .filter(
      ({ installation, uid }) => installation === round.installation && !recorded.has(uid) && !round.explained.has(uid),
    )
    .map(({ namespace, name, uid }) => `Job ${namespace}/${name} (uid ${uid}) belongs to no row`);
  const rows = [...lastStates(round)].flatMap(([taskId, { job_uid: uid, status, ending }]) => {
    if (uid === null) return [];
    if (present.has(uid)) {
      const isCancelled = status === 'Cancelled' && ending === 'Cancelled';
      return isCancelled ? [`row ${taskId} is Cancelled, and its Job ${uid} is there`] : [];
    }
    const isMeant = intents.has(uid) || isExplained(uid, round);
    return isMeant ? [] : [`row ${taskId} is ${status}, and its Job ${uid} is gone`];
  });
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
