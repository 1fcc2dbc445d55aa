import type { Goal, Table } from '../scenarios/scenario.ts';

/** A table for a terminal: columns as wide as they need to be. */
export function terminalTable({ headers, rows }: Table): string {
  const lines = [headers, ...rows];
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

export function terminalGoals(goals: readonly Goal[]): string {
  const rows = goals.map(({ letter, goal, measured, isReached }) => [
    `goal ${letter}`,
    isReached ? 'reached' : 'MISSED',
    goal,
    measured,
  ]);
  return terminalTable({ headers: ['', '', '', ''], rows }).replace(/^.*\n?/, '');
}
