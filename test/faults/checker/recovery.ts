import { reachedAtMs } from './expected-states.ts';
import type { JudgedRound } from './judged-round.ts';

export interface Recovery {
  /** From the last fault until the last row that was submitted before it came to the state of its script; 0 for none. */
  readonly ms: number;
  /** Which one that was. */
  readonly row: string | undefined;
}

/** How long the rows took that the fault could have touched. */
export function recoveryOf({ rows, expectations, lastFaultAtMs }: JudgedRound): Recovery {
  const byName = Map.groupBy(rows, ({ before, after }) => `${(after ?? before)?.namespace}/${(after ?? before)?.name}`);
  const late = expectations.flatMap(({ namespace, name, status }) => {
    const changes = byName.get(`${namespace}/${name}`) ?? [];
    const [first] = changes;
    const ms = reachedAtMs(changes, status) - lastFaultAtMs;
    return first && first.atMs <= lastFaultAtMs && ms > 0 ? [{ ms, row: name }] : [];
  });
  return late.toSorted((left, right) => right.ms - left.ms)[0] ?? { ms: 0, row: undefined };
}
