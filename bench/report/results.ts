import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { flavours } from '../../test/support/database.ts';

const table = z.object({
  headers: z.array(z.string()).readonly(),
  rows: z.array(z.array(z.string()).readonly()).readonly(),
});
const goal = z.object({ letter: z.string(), goal: z.string(), measured: z.string(), isReached: z.boolean() });
const chart = z.object({
  title: z.string(),
  across: z.string(),
  up: z.string(),
  isLogarithmic: z.boolean(),
  lines: z
    .array(z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly() }))
    .readonly(),
});

/** What is kept of a scenario that was played. */
const scenarioResult = z.object({
  number: z.number(),
  name: z.string(),
  what: z.string(),
  database: z.enum(flavours),
  /** With its version. */
  server: z.string(),
  takenAt: z.string(),
  machine: z.string(),
  tookSeconds: z.number(),
  /** Those that are not the whole benchmark's. */
  changedSizes: z.array(z.string()).readonly(),
  tables: z.array(table).readonly(),
  goals: z.array(goal).readonly(),
  charts: z.array(chart).readonly(),
  notes: z.array(z.string()).readonly(),
  figures: z.unknown(),
});
export type ScenarioResult = z.infer<typeof scenarioResult>;

const resultsFile = z.object({ scenarios: z.array(scenarioResult) });

/** Reads what was kept so far; nothing when there is no such file. */
export async function readResults(path: string): Promise<readonly ScenarioResult[]> {
  try {
    return resultsFile.parse(JSON.parse(await readFile(path, 'utf8'))).scenarios;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A line for each scenario: whoever compares two versions of the file sees which were played again. */
export async function writeResults(path: string, scenarios: readonly ScenarioResult[]): Promise<void> {
  const lines = scenarios.map((scenario) => JSON.stringify(scenario));
  await writeFile(path, `{"scenarios":[\n${lines.join(',\n')}\n]}\n`);
}

/** Puts results in the place of older ones of the same scenario on the same database. */
export function mergeResults(
  old: readonly ScenarioResult[],
  taken: readonly ScenarioResult[],
): readonly ScenarioResult[] {
  const keyOf = ({ database, number }: ScenarioResult) => `${database} ${number}`;
  const merged = new Map([...old, ...taken].map((result) => [keyOf(result), result]));
  return [...merged.values()].sort((left, right) =>
    left.database === right.database ? left.number - right.number : left.database.localeCompare(right.database),
  );
}
