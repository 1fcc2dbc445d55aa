import type { AttemptChange } from '../history/attempt-history.ts';
import type { Assertion } from './judged-round.ts';
import { endsAttempt } from './true-ends.ts';

/** Every attempt is kept with its end before its row says it, and what is kept of it is lost and changed no more. */
export const keptAttempts: Assertion = ({ rows, attempts }) => {
  const byAttempt = Map.groupBy(attempts, ({ attemptId }) => attemptId);
  const lost = rows.filter(endsAttempt).flatMap(({ taskId, seq, before, after }) => {
    // One of the former system, or one that never began, is nothing to keep.
    if (!after?.attempt_id || !before?.attempt_id) return [];
    const kept = byAttempt.get(after.attempt_id)?.findLast((change) => change.seq < seq)?.after;
    const word = after.status === 'Pending' ? 'Failed' : after.status;
    if (kept?.finished_at && kept.status === word && kept.job_uid === after.job_uid) return [];
    return [`row ${taskId} ended as ${word}, and its attempt is kept as ${kept?.status} (change ${seq})`];
  });
  const endedAt = new Map(rows.filter(endsAttempt).map(({ after, seq }) => [after?.attempt_id, seq]));
  return [...lost, ...attempts.flatMap((change) => faultOf(change, endedAt.get(change.attemptId)))];
};

function faultOf(change: AttemptChange, endedAt = Number.POSITIVE_INFINITY): readonly string[] {
  const { by, attemptId, seq, before, after } = change;
  if (by !== 'nightwatch' || !before) return [];
  if (!after) return [`attempt ${attemptId} was deleted by nightwatch (change ${seq})`];
  const faults = [
    ...(before.log === 1 && after.log === 0 ? ['lost its log'] : []),
    ...(seq > endedAt && (after.status !== before.status || after.reason !== before.reason) ? ['changed its end'] : []),
  ];
  return faults.map((fault) => `attempt ${attemptId} ${fault} (change ${seq})`);
}
