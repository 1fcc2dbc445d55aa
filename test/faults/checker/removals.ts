import type { Assertion, JudgedRound } from './judged-round.ts';
import { removalIntents } from './removal-intents.ts';

// The history has whole milliseconds, rounded.
const roundingMs = 1;

/**
 * nightwatch deletes a recorded Job only after it has committed that it will, and cleans up only what is stored.
 *
 * A Job that no row has recorded, or whose row is gone, or an unfinished one whose row has gone on to another attempt, is
 * not about any row any more.
 */
export const removals: Assertion = (round) => {
  const intents = removalIntents(round);
  const recorded = new Set(round.rows.flatMap(({ after }) => after?.job_uid ?? []));
  const abandoned = abandonedJobs(round);
  const rash = round.jobs
    .filter(({ kind, epoch, uid }) => kind === 'delete' && epoch !== undefined && recorded.has(uid))
    .filter(
      ({ uid, atMs }) => Math.min(intents.get(uid) ?? Infinity, abandoned.get(uid) ?? Infinity) > atMs + roundingMs,
    )
    .map(({ namespace, name, uid }) => `Job ${namespace}/${name} (uid ${uid}) was deleted without an intent`);
  return [...rash, ...earlyCleanUps(round)];
};

/** When rows gave up their Jobs, by uid: they were deleted or truncated, or have begun another attempt while it ran. */
function abandonedJobs({ rows, jobs }: JudgedRound): ReadonlyMap<string, number> {
  const ended = new Set(jobs.filter(({ end }) => end !== undefined).map(({ uid }) => uid));
  const carried = new Map<string, string>();
  const abandoned = new Map<string, number>();
  for (const { taskId, before, after, atMs } of rows) {
    const uid = carried.get(taskId);
    const isGone = !before || !after;
    if (uid !== undefined && (isGone || (after.job_uid !== uid && !ended.has(uid)))) abandoned.set(uid, atMs);
    if (after?.job_uid) carried.set(taskId, after.job_uid);
    else if (isGone) carried.delete(taskId);
  }
  return abandoned;
}

function earlyCleanUps({ attempts, rows }: JudgedRound): readonly string[] {
  const byAttempt = Map.groupBy(rows, ({ after }) => after?.attempt_id ?? '');
  return attempts.flatMap(({ by, attemptId, seq, before, after }) => {
    if (by !== 'nightwatch' || after?.ending !== 'CleanUp' || before?.ending === 'CleanUp') return [];
    const row = byAttempt.get(attemptId)?.findLast((change) => change.seq < seq)?.after;
    const isOpen = row?.finished_at === null;
    const isStored = after.finished_at !== null && after.log_due_at === null;
    return isOpen || !isStored ? [`attempt ${attemptId} was cleaned up before it was stored (change ${seq})`] : [];
  });
}
