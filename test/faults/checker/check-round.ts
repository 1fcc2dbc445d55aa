import { asWished } from './as-wished.ts';
import { ends } from './ends.ts';
import { expectedStates } from './expected-states.ts';
import { fenced } from './fenced.ts';
import type { Assertion, Finding, JudgedRound } from './judged-round.ts';
import { keptAttempts } from './kept-attempts.ts';
import { notDelayed } from './not-delayed.ts';
import { nothingLeft } from './nothing-left.ts';
import { ownColumns } from './own-columns.ts';
import { recordedOnce } from './recorded-once.ts';
import { removals } from './removals.ts';
import { trueEnds } from './true-ends.ts';

/** Every promise that a round is judged by. */
export const assertions = {
  recordedOnce,
  fenced,
  ends,
  trueEnds,
  keptAttempts,
  removals,
  asWished,
  expectedStates,
  ownColumns,
  nothingLeft,
  notDelayed,
} as const satisfies Readonly<Record<string, Assertion>>;

/** Judges the whole history of a round; returns what it broke, each with the name of the promise. */
export function checkRound(round: JudgedRound): readonly Finding[] {
  return Object.entries(assertions).flatMap(([name, assertion]) =>
    assertion(round).map((finding) => `${name}: ${finding}`),
  );
}
