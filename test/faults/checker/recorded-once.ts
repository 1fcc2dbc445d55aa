import type { JobChange } from '../history/job-history.ts';
import type { Assertion, JudgedRound } from './judged-round.ts';

/** An attempt has at most one recorded Job, and any other Job of it is removed within the bound. */
export const recordedOnce: Assertion = (round) => {
  const recorded = recordedUids(round);
  const twice = [...recorded]
    .filter(([, uids]) => uids.size > 1)
    .map(([attemptId, uids]) => `attempt ${attemptId} recorded ${uids.size} Jobs: ${[...uids].join(', ')}`);
  const others = round.jobs.filter(
    ({ kind, attemptId, uid }) =>
      kind === 'create' && attemptId !== undefined && recorded.has(attemptId) && !recorded.get(attemptId)?.has(uid),
  );
  return [...twice, ...others.flatMap((job) => stayed(job, round))];
};

function stayed(job: JobChange, { jobs, remaining, explained, lastFaultAtMs, bounds }: JudgedRound): readonly string[] {
  if (explained.has(job.uid)) return [];
  const name = `Job ${job.namespace}/${job.name} (uid ${job.uid}), not the recorded one of attempt ${job.attemptId},`;
  if (remaining.some(({ uid }) => uid === job.uid)) return [`${name} is still there`];
  const removal = jobs.find(({ kind, uid }) => kind === 'delete' && uid === job.uid);
  const stayedMs = (removal?.atMs ?? 0) - Math.max(job.atMs, lastFaultAtMs);
  return stayedMs > bounds.leftoverMs ? [`${name} stayed ${stayedMs} ms`] : [];
}

/** By attempt, also of those without any. */
function recordedUids({ rows }: JudgedRound): ReadonlyMap<string, ReadonlySet<string>> {
  const byAttempt = new Map<string, Set<string>>();
  for (const { after } of rows) {
    if (!after?.attempt_id) continue;
    const uids = byAttempt.get(after.attempt_id) ?? new Set();
    if (after.job_uid !== null) uids.add(after.job_uid);
    byAttempt.set(after.attempt_id, uids);
  }
  return byAttempt;
}
