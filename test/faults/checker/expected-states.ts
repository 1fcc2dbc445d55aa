import type { RowChange } from '../history/row-history.ts';
import type { Expectation } from './expectation.ts';
import type { Assertion, JudgedRound } from './judged-round.ts';

/** Every row comes to the state that its script says, in time. */
export const expectedStates: Assertion = (round) => {
  const byName = Map.groupBy(
    round.rows,
    ({ before, after }) => `${(after ?? before)?.namespace}/${(after ?? before)?.name}`,
  );
  return round.expectations.flatMap((expected) => {
    const changes = byName.get(`${expected.namespace}/${expected.name}`) ?? [];
    return faultOf(expected, changes, round);
  });
};

function faultOf(expected: Expectation, changes: readonly RowChange[], round: JudgedRound): readonly string[] {
  const { namespace, name, status, reason, attempts } = expected;
  const row = `row ${namespace}/${name}`;
  const last = changes.at(-1)?.after;
  if (!last) return [`${row} is not there`];
  const isMet = last.status === status && (reason === undefined || last.reason === reason);
  if (!isMet) return [`${row} is ${last.status}(${last.reason}), expected ${status}(${reason ?? 'any'})`];
  if (attempts !== undefined && last.attempt !== attempts)
    return [`${row} has had ${last.attempt} attempts, expected ${attempts}`];
  const sinceMs = Math.max(wishedAtMs(changes), round.lastFaultAtMs);
  const tookMs = reachedAtMs(changes, status) - sinceMs;
  // One Job after the other: each has its time.
  const mostMs = round.bounds.recoveryMs * Math.max(1, attempts ?? 1);
  return tookMs > mostMs ? [`${row} was ${status} only after ${tookMs} ms`] : [];
}

/** When its user did something to it last: submitted it, if nothing else. */
export function wishedAtMs(changes: readonly RowChange[]): number {
  return changes.findLast(({ by }) => by === 'user')?.atMs ?? 0;
}

/** When it came to this status for good. */
export function reachedAtMs(changes: readonly RowChange[], status: string): number {
  const lastOther = changes.findLastIndex(({ after }) => after?.status !== status);
  return changes[lastOther + 1]?.atMs ?? changes.at(-1)?.atMs ?? 0;
}
