import { reachedAtMs, wishedAtMs } from './expected-states.ts';
import type { JudgedRound } from './judged-round.ts';

export interface Recovery {
  /** From the last fault until the last row came to the state of its script whose user had done all before it; 0 for none. */
  readonly ms: number;
  /** Which one that was. */
  readonly row: string | undefined;
}

/** How long the rows took that the fault could have touched. */
export function recoveryOf({ rows, expectations, lastFaultAtMs }: JudgedRound): Recovery {
  const byName = Map.groupBy(rows, ({ before, after }) => `${(after ?? before)?.namespace}/${(after ?? before)?.name}`);
  const late = expectations.flatMap(({ namespace, name, status }) => {
    const changes = byName.get(`${namespace}/${name}`) ?? [];
    const ms = reachedAtMs(changes, status) - lastFaultAtMs;
    const isTouched = changes.length > 0 && wishedAtMs(changes) <= lastFaultAtMs;
    return isTouched && ms > 0 ? [{ ms, row: name }] : [];
  });
  return late.toSorted((left, right) => right.ms - left.ms)[0] ?? { ms: 0, row: undefined };
}
