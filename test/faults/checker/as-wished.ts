import type { RowChange } from '../history/row-history.ts';
import type { Assertion } from './judged-round.ts';

/** No attempt begins of a row that its user holds or cancels, nor before the time that its user has set. */
export const asWished: Assertion = ({ rows }) =>
  rows.filter(beginsAttempt).flatMap(({ taskId, seq, atMs, before }) => {
    const isEarly = before?.not_before != null && Date.parse(before.not_before) > atMs;
    return [
      ...(before?.desired === 'Run'
        ? []
        : [`an attempt of row ${taskId} began against ${before?.desired} (change ${seq})`]),
      ...(isEarly ? [`an attempt of row ${taskId} began before ${before.not_before} (change ${seq})`] : []),
    ];
  });

/** By an intent; what the former system has left comes with its Job, or ends at once. */
function beginsAttempt({ by, before, after }: RowChange): boolean {
  return (
    by === 'nightwatch' &&
    after !== undefined &&
    after.attempt_id !== before?.attempt_id &&
    after.job_uid === null &&
    after.finished_at === null
  );
}
