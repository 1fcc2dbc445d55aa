import { type Flavour, flavours } from '../test/support/database.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { chooseScenarios } from './scenarios/scenarios.ts';
import { changedSizes, readSizes, type Sizes } from './sizes.ts';

/** What a benchmark is asked to do, by its environment. */
export interface Choices {
  readonly scenarios: readonly Scenario[];
  readonly flavour: Flavour;
  readonly sizes: Sizes;
  /** The sizes that are not the whole benchmark's, as they were written. */
  readonly changedSizes: readonly string[];
  /** Where results are kept; undefined when they are only shown. */
  readonly outputFolder: string | undefined;
  /** Whether each run gets a control plane of its own. */
  readonly isFresh: boolean;
  /** Where subjects leave CPU profiles. */
  readonly profileFolder: string | undefined;
}

/** The environment asks for a database that there is not. */
export class UnknownDatabaseError extends Error {
  override readonly name = 'UnknownDatabaseError';
}

/**
 * Reads the choices. Results replace those of the whole benchmark only when nothing was made smaller or larger; others
 * are kept where OUTPUT says, if it does.
 */
export function readChoices(environment: Readonly<Record<string, string | undefined>>): Choices {
  const sizes = readSizes(environment);
  const changed = changedSizes(sizes);
  const isWhole = changed.length === 0 && environment.SHARED_CONTROL_PLANE === undefined;
  return {
    scenarios: chooseScenarios(environment.SCENARIO),
    flavour: readFlavour(environment.DATABASE),
    sizes,
    changedSizes: changed,
    outputFolder: environment.OUTPUT || (isWhole ? import.meta.dirname : undefined),
    isFresh: environment.SHARED_CONTROL_PLANE === undefined,
    profileFolder: environment.PROFILE || undefined,
  };
}

function readFlavour(word: string | undefined): Flavour {
  if (word === undefined || word === '') return flavours[0];
  const flavour = flavours.find((known) => known === word);
  if (flavour) return flavour;
  throw new UnknownDatabaseError(`DATABASE=${word} is none of ${flavours.join(', ')}`);
}
