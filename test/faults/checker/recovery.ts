import { reachedAtMs } from './expected-states.ts';
import type { JudgedRound } from './judged-round.ts';

/** From the last fault until the last row that was submitted before it came to the state of its script, milliseconds. */
export function recoveryMsOf({ rows, expectations, lastFaultAtMs }: JudgedRound): number {
  const byName = Map.groupBy(rows, ({ before, after }) => `${(after ?? before)?.namespace}/${(after ?? before)?.name}`);
  const latenesses = expectations.flatMap(({ namespace, name, status }) => {
    const changes = byName.get(`${namespace}/${name}`) ?? [];
    const [first] = changes;
    return first && first.atMs <= lastFaultAtMs ? [reachedAtMs(changes, status) - lastFaultAtMs] : [];
  });
  return Math.max(0, ...latenesses);
}
