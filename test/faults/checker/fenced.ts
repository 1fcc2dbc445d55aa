import type { Assertion } from './judged-round.ts';

/** Epochs never decrease in a row, and whoever writes one leads at that moment by the database's own order. */
export const fenced: Assertion = ({ rows, leaders }) =>
  rows.flatMap(({ seq, by, taskId, before, after }) => {
    if (by !== 'nightwatch' || !before || !after) return [];
    const leading = leaders.findLast((leader) => leader.seq < seq)?.epoch ?? 0;
    const isBack = after.epoch < before.epoch;
    const isStale = after.epoch !== leading;
    return [
      ...(isBack ? [`row ${taskId} went from epoch ${before.epoch} back to ${after.epoch} (change ${seq})`] : []),
      ...(isStale ? [`row ${taskId} was written by epoch ${after.epoch} while ${leading} led (change ${seq})`] : []),
    ];
  });
