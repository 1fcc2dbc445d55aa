import type { ScenarioResult } from './results.ts';
import { terminalGoals, terminalTable } from './terminal.ts';

/** What a scenario came to, for a terminal. */
export function showResult({ tables, goals, notes, tookSeconds }: ScenarioResult): string {
  const parts = [...tables.map(terminalTable), terminalGoals(goals), ...notes.map((note) => `  ${note}`)];
  return [...parts.filter((part) => part !== ''), `  It took ${tookSeconds} s.`].join('\n\n');
}
