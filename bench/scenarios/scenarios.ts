import { burst } from './burst.ts';
import { controller } from './controller.ts';
import { failover } from './failover.ts';
import { finished } from './finished.ts';
import type { Scenario } from './scenario.ts';
import { snapshot } from './snapshot.ts';
import { storm } from './storm.ts';
import { stubEvents } from './stub-events.ts';
import { trickle } from './trickle.ts';
import { unfinished } from './unfinished.ts';
import { waiting } from './waiting.ts';

/** All there are, in the order in which they are played. */
export const scenarios: readonly Scenario[] = [
  trickle,
  burst,
  storm,
  finished,
  unfinished,
  failover,
  waiting,
  snapshot,
  stubEvents,
  controller,
];

/** A scenario was asked for that there is not. */
export class UnknownScenarioError extends Error {
  override readonly name = 'UnknownScenarioError';
}

/** Those that are asked for by their names or numbers, with commas between them; all of them when nothing is asked for. */
export function chooseScenarios(asked: string | undefined): readonly Scenario[] {
  if (asked === undefined || asked === '') return scenarios;
  return asked.split(',').map((word) => {
    const scenario = scenarios.find(({ name, number }) => name === word || String(number) === word);
    if (scenario) return scenario;
    const known = scenarios.map(({ name, number }) => `${number} or ${name}`).join(', ');
    throw new UnknownScenarioError(`there is no scenario '${word}'; there are ${known}`);
  });
}
