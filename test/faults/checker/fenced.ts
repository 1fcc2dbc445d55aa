import type { Assertion } from './judged-round.ts';

interface FencedChange {
  readonly seq: number;
  readonly by: 'nightwatch' | 'user';
  readonly before?: { readonly epoch: number } | undefined;
  readonly after?: { readonly epoch: number } | undefined;
}

/** Epochs never decrease, in rows and kept attempts; whoever writes one leads at that moment by the database's own order. */
export const fenced: Assertion = ({ rows, attempts, leaders }) => {
  const faultsOf = (what: string, { seq, by, before, after }: FencedChange) => {
    if (by !== 'nightwatch' || !after) return [];
    const leading = leaders.findLast((leader) => leader.seq < seq)?.epoch ?? 0;
    const isBack = before !== undefined && after.epoch < before.epoch;
    const isStale = after.epoch !== leading;
    return [
      ...(isBack ? [`${what} went from epoch ${before.epoch} back to ${after.epoch} (change ${seq})`] : []),
      ...(isStale ? [`${what} was written by epoch ${after.epoch} while ${leading} led (change ${seq})`] : []),
    ];
  };
  return [
    ...rows.flatMap((change) => (change.before ? faultsOf(`row ${change.taskId}`, change) : [])),
    ...attempts.flatMap((change) => faultsOf(`attempt ${change.attemptId}`, change)),
  ];
};
