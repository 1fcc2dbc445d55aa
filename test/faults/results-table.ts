import type { RoundLine } from './results.ts';

const begin = '<!-- rounds: written by `make faults` -->';
const end = '<!-- end of rounds -->';
const headings = ['#', 'Event', 'Database', 'Rounds', 'Failed', 'Worst recovery', 'Seeds'];

/** Brings the rounds of a run into RESULTS.md: a line for each event and database, which replaces the one before. */
export function withRounds(document: string, lines: readonly RoundLine[]): string {
  const [head = '', rest = ''] = document.split(begin);
  const [table = '', tail = ''] = rest.split(end);
  const known = table.split('\n').filter((line) => /^\| \d/.test(line));
  const byKey = new Map(known.map((line) => [keyOfLine(line), line]));
  for (const [key, rounds] of Map.groupBy(lines, ({ number, flavour }) => `${number} ${flavour}`)) {
    byKey.set(key, lineOf(rounds));
  }
  const sorted = [...byKey].sort(([left], [right]) => left.localeCompare(right, 'en', { numeric: true }));
  const heading = [rowOf(headings), rowOf(headings.map(() => '---'))];
  return `${head}${begin}\n\n${[...heading, ...sorted.map(([, line]) => line)].join('\n')}\n\n${end}${tail}`;
}

function keyOfLine(line: string): string {
  const [number = '', , flavour = ''] = line.replace(/^\| /, '').split(' | ');
  return `${number} ${flavour}`;
}

function lineOf(rounds: readonly RoundLine[]): string {
  const [first] = rounds;
  if (!first) return '';
  const worstMs = Math.max(...rounds.map(({ recoveryMs }) => recoveryMs));
  return rowOf([
    String(first.number),
    first.event,
    first.flavour,
    String(rounds.length),
    String(rounds.filter(({ passed }) => !passed).length),
    `${(worstMs / 1_000).toFixed(1)} s`,
    rounds
      .slice(0, 5)
      .map(({ seed }) => String(seed))
      .join(', '),
  ]);
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
