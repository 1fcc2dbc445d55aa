import type { JudgedRound } from './judged-round.ts';

/** When it was first committed that a recorded Job is to be deleted, by its uid: to end its attempt, or to clean up. */
export function removalIntents({ rows, attempts, jobs }: JudgedRound): ReadonlyMap<string, number> {
  const intents = new Map<string, number>();
  const add = (uid: string | null | undefined, atMs: number) => {
    if (uid) intents.set(uid, Math.min(atMs, intents.get(uid) ?? Number.POSITIVE_INFINITY));
  };
  const byAttempt = new Map<string, number>();
  for (const { by, atMs, after } of rows) {
    if (by !== 'nightwatch' || !after?.ending) continue;
    add(after.job_uid, atMs);
    if (after.attempt_id && !byAttempt.has(after.attempt_id)) byAttempt.set(after.attempt_id, atMs);
  }
  // A Job may be deleted before its row has recorded it.
  for (const { attemptId = '', uid } of jobs) {
    const atMs = byAttempt.get(attemptId);
    if (atMs !== undefined) add(uid, atMs);
  }
  for (const { by, atMs, after } of attempts) {
    if (by === 'nightwatch' && after?.ending === 'CleanUp') add(after.job_uid, atMs);
  }
  return intents;
}
