import { appendFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Flavour } from '../support/database.ts';
import type { Fault } from './fault.ts';
import type { RoundResult } from './round/play-round.ts';

/** What is kept of a round, a line of JSON each. */
export const roundLine = z.object({
  number: z.number(),
  event: z.string(),
  flavour: z.string(),
  seed: z.number(),
  rows: z.number(),
  recoveryMs: z.number(),
  passed: z.boolean(),
});
export type RoundLine = z.infer<typeof roundLine>;

export interface PlayedRound {
  readonly fault: Fault;
  readonly flavour: Flavour;
  readonly seed: number;
  readonly result: RoundResult;
}

/** Adds a round to the file that NIGHTWATCH_TEST_FAULTS_RESULTS names; without one nothing is kept. */
export async function noteResult({ fault, flavour, seed, result }: PlayedRound): Promise<void> {
  const file = process.env.NIGHTWATCH_TEST_FAULTS_RESULTS;
  if (file === undefined) return;
  const { number, event } = fault;
  const { rows, recovery, findings } = result;
  const recoveryMs = recovery.ms;
  const line: RoundLine = { number, event, flavour, seed, rows, recoveryMs, passed: findings.length === 0 };
  await appendFile(file, `${JSON.stringify(line)}\n`);
}
