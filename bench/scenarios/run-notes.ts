import { percent } from '../report/format.ts';
import type { Pair } from '../stage/play-pairs.ts';
import type { ScenarioContext } from './scenario.ts';

/** More of the machine than this in other hands, and the figures are theirs rather than ours. */
const much = { steal: 0.05, foreign: 0.15 } as const;

/** What whoever reads the figures of some pairs has to know of how they came about. */
export function notesOn(context: ScenarioContext, pairs: readonly Pair<unknown>[]): readonly string[] {
  const runs = pairs.flatMap((pair) => [...pair.values()]);
  const steal = Math.max(0, ...runs.map(({ machine }) => machine.steal));
  const foreign = Math.max(0, ...runs.map((run) => run.foreign));
  const interruptions = runs.reduce((sum, run) => sum + run.watchInterruptions, 0);
  const isDoubtful = steal > much.steal || foreign > much.foreign;
  return [
    `Of the machine, at most in a run: ${percent(steal)} stolen by its host, ${percent(foreign)} used by other programs and the kernel.`,
    ...(isDoubtful ? ['That is too much to rely on these figures.'] : []),
    ...(interruptions > 0
      ? [`The benchmark's own watch broke off ${interruptions} times: some events came late.`]
      : []),
    ...(pairs.length < context.sizes.pairs ? [`The time was over after ${pairs.length} pairs.`] : []),
  ];
}
