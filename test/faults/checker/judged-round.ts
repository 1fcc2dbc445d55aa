import type { AttemptChange } from '../history/attempt-history.ts';
import type { JobChange } from '../history/job-history.ts';
import type { LeaderChange, RowChange } from '../history/row-history.ts';
import type { Expectation } from './expectation.ts';

/** A Job that the API server has when a round is over. */
export interface RemainingJob {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Undefined where it carries none: somebody else's Job. */
  readonly installation: string | undefined;
}

/** How long things may take, milliseconds. */
export interface Bounds {
  /** From the last fault, or what a row's user did last where that came later, to the state that its script says; for each attempt. */
  readonly recoveryMs: number;
  /** From the last fault, or its creation where that came later, to the removal of a Job that is not recorded. */
  readonly leftoverMs: number;
  /** From the submission of a row that no fault touches to its Job. */
  readonly untouchedMs: number;
}

/** All that is known of a round, from outside nightwatch: what a checker judges. */
export interface JudgedRound {
  /** In the order of `seq`, which they share. */
  readonly rows: readonly RowChange[];
  readonly attempts: readonly AttemptChange[];
  readonly leaders: readonly LeaderChange[];
  /** In the order of time. */
  readonly jobs: readonly JobChange[];
  /** Those that are there at the end. */
  readonly remaining: readonly RemainingJob[];
  readonly installation: string;
  readonly expectations: readonly Expectation[];
  /** Jobs that the fault explains, by uid: kept orphans, for example. */
  readonly explained: ReadonlySet<string>;
  readonly lastFaultAtMs: number;
  readonly bounds: Bounds;
}

/** One promise that a round has broken: a sentence that names the row or Job. */
export type Finding = string;

/** Looks for one kind of broken promise. */
export type Assertion = (round: JudgedRound) => readonly Finding[];
