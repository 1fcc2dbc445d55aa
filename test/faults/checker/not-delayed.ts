import type { Assertion } from './judged-round.ts';

/** Rows that the fault does not touch get their Jobs as if there were none, once somebody leads for the first time. */
export const notDelayed: Assertion = ({ rows, leaders, expectations, bounds }) => {
  const ledAtMs = leaders.find(({ epoch }) => epoch > 0)?.atMs ?? 0;
  const byName = Map.groupBy(rows, ({ before, after }) => `${(after ?? before)?.namespace}/${(after ?? before)?.name}`);
  return expectations
    .filter(({ isUntouched }) => isUntouched)
    .flatMap(({ namespace, name }) => {
      const changes = byName.get(`${namespace}/${name}`) ?? [];
      const submittedAtMs = changes[0]?.atMs ?? 0;
      const recordedAtMs = changes.find(({ after }) => after?.job_uid)?.atMs;
      if (recordedAtMs === undefined) return [`row ${namespace}/${name}, which no fault touches, got no Job`];
      const tookMs = recordedAtMs - Math.max(submittedAtMs, ledAtMs);
      return tookMs > bounds.untouchedMs
        ? [`row ${namespace}/${name}, which no fault touches, got its Job only after ${tookMs} ms`]
        : [];
    });
};
