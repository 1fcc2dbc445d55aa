import type { Table } from '../scenarios/scenario.ts';
import { describeSizes } from '../sizes.ts';
import type { ScenarioResult } from './results.ts';

/** The document lacks the place for what is to be put into it. */
export class MarkerError extends Error {
  override readonly name = 'MarkerError';
}

/** Puts the results, and the sizes that there are, into a document: each in the place of what is between its markers. */
export function withResults(document: string, results: readonly ScenarioResult[]): string {
  const withTables = withBlock(document, 'results', 'written by `make bench`', markdownOf(results));
  return withBlock(withTables, 'sizes', 'rendered from bench/sizes.ts', sizesTable());
}

function withBlock(document: string, name: string, origin: string, content: string): string {
  const begin = `<!-- ${name}: begin (${origin}) -->`;
  const end = `<!-- ${name}: end -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new MarkerError(`the document lacks '${begin}' or, after it, '${end}'`);
  return `${document.slice(0, from)}${begin}\n\n${content}\n\n${document.slice(to)}`;
}

function sizesTable(): string {
  return markdownTable({ headers: ['Name', 'Whole benchmark', 'What'], rows: describeSizes() });
}

function markdownOf(results: readonly ScenarioResult[]): string {
  const databases = [...Map.groupBy(results, ({ database }) => database).values()];
  return databases.map((some) => [titleOf(some), goalsOf(some), ...some.map(sectionOf)].join('\n\n')).join('\n\n');
}

function titleOf([first]: readonly ScenarioResult[]): string {
  if (!first) return '';
  return `## ${first.server}\n\n${first.machine}. The picture of it is in [results.svg](results.svg).`;
}

function goalsOf(results: readonly ScenarioResult[]): string {
  const rows = results
    .flatMap(({ name, goals }) => goals.map((goal) => ({ name, ...goal })))
    .sort((left, right) => left.letter.localeCompare(right.letter))
    .map(({ letter, goal, measured, isReached, name }) => [
      letter,
      goal,
      measured,
      isReached ? 'reached' : '**missed**',
      name,
    ]);
  return markdownTable({ headers: ['', 'goal', 'measured', '', 'scenario'], rows });
}

function sectionOf(result: ScenarioResult): string {
  const { number, name, what, tables, notes, takenAt, tookSeconds, changedSizes } = result;
  const sizes = changedSizes.length > 0 ? `, with ${changedSizes.join(' ')}` : '';
  const taken = `${takenAt.slice(0, 10)}, ${tookSeconds} s${sizes}.`;
  return [
    `### ${number}. ${name}`,
    `${what[0]?.toUpperCase()}${what.slice(1)}. ${taken}`,
    ...tables.map(markdownTable),
    notes.join(' '),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function markdownTable({ headers, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headers), `|${'---|'.repeat(headers.length)}`, ...rows.map(line)].join('\n');
}
