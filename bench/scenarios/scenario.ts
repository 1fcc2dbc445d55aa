import type { DatabaseServer } from '../../test/support/database-server.ts';
import type { Point } from '../measure/distribution.ts';
import type { Progress } from '../report/progress.ts';
import type { Sizes } from '../sizes.ts';
import type { Stages } from '../stage/stage.ts';
import type { SubjectSettings } from '../subjects/start-subject.ts';

/** Something that is measured, by one command. */
export interface Scenario {
  readonly number: number;
  readonly name: string;
  /** A sentence for those who read the results. */
  readonly what: string;
  /** Its own settings of the database server, beside those of all. */
  readonly databaseArguments?: Readonly<Record<DatabaseServer['flavour'], readonly string[]>>;
  readonly run: (context: ScenarioContext) => Promise<Findings>;
}

/** What a scenario has at hand. */
export interface ScenarioContext {
  readonly sizes: Sizes;
  readonly stages: Stages;
  /** The database server of this scenario. */
  readonly server: DatabaseServer;
  readonly subjectSettings: SubjectSettings;
  readonly progress: Progress;
  /** When the time of the scenario is over, monotonic. */
  readonly endsAtMs: number;
  /** Aborts then, or when the whole benchmark is to end. */
  readonly signal: AbortSignal;
}

export interface Table {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One of the goals of the service, and whether it was reached. */
export interface Goal {
  /** A letter from the list of goals. */
  readonly letter: string;
  readonly goal: string;
  readonly measured: string;
  readonly isReached: boolean;
}

/** A picture of lines. */
export interface Chart {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly isLogarithmic: boolean;
  readonly lines: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

/** What a scenario came to. */
export interface Findings {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  readonly charts: readonly Chart[];
  /** What whoever reads the tables has to know. */
  readonly notes: readonly string[];
  /** The numbers behind it all, run by run. */
  readonly figures: unknown;
}
