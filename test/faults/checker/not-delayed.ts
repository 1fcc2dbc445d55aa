import type { Assertion } from './judged-round.ts';

/** Rows that the fault does not touch get their Jobs as if there were none. */
export const notDelayed: Assertion = ({ rows, expectations, bounds }) => {
  const byName = Map.groupBy(rows, ({ before, after }) => `${(after ?? before)?.namespace}/${(after ?? before)?.name}`);
  return expectations
    .filter(({ isUntouched }) => isUntouched)
    .flatMap(({ namespace, name }) => {
      const changes = byName.get(`${namespace}/${name}`) ?? [];
      const submittedAtMs = changes[0]?.atMs ?? 0;
      const recordedAtMs = changes.find(({ after }) => after?.job_uid)?.atMs;
      if (recordedAtMs === undefined) return [`row ${namespace}/${name}, which no fault touches, got no Job`];
      const tookMs = recordedAtMs - submittedAtMs;
      return tookMs > bounds.untouchedMs
        ? [`row ${namespace}/${name}, which no fault touches, got its Job only after ${tookMs} ms`]
        : [];
    });
};
