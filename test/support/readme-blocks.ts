import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { helpText } from '../../src/arguments.ts';
import { configReference, referenceMarkers } from '../../src/config/reference.ts';
import { failureClass, failureClasses, retryWords } from '../../src/task/failure-class.ts';
import { reasons } from '../../src/task/reasons.ts';
import { infoTable } from './info-table.ts';

/** A part of a README that is rendered from the sources, so that it cannot say anything else than they do. */
export interface RenderedBlock {
  readonly name: string;
  readonly begin: string;
  readonly end: string;
  /** What belongs into the README, its markers included. */
  readonly text: string;
}

export const readmePath = join(import.meta.dirname, '..', '..', 'README.md');

export const readmeBlocks: readonly RenderedBlock[] = [
  { name: 'settings', ...referenceMarkers, text: configReference() },
  block('info', 'src/task/spec-schema.ts', infoTable()),
  block('classes', 'src/task/failure-class.ts', classesTable()),
  block('reasons', 'src/task/reasons.ts', reasonsTable()),
  block('exit codes', 'src/arguments.ts', exitCodesTable()),
  block('example watcher', 'test/support/example-watcher.ts', exampleWatcher()),
];

/** A marker is missing from the README: what stands between them can be neither found nor replaced. */
export class MarkerError extends Error {
  override readonly name = 'MarkerError';
}

/** What the README has of a block now, markers included; throws a {@link MarkerError} when it has none. */
export function findBlock(readme: string, { name, begin, end }: RenderedBlock): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end, from);
  if (from < 0 || to < 0) throw new MarkerError(`the README lacks '${begin}' or, after it, '${end}' (block '${name}')`);
  return readme.slice(from, to + end.length);
}

/** The README with each of its blocks as the sources have it. */
export function withRenderedBlocks(readme: string): string {
  return readmeBlocks.reduce(replaceBlock, readme);
}

/** The text with this block as the sources have it; throws a {@link MarkerError} when it has none. */
export function replaceBlock(text: string, block: RenderedBlock): string {
  return text.replace(findBlock(text, block), () => block.text);
}

function block(name: string, source: string, content: string): RenderedBlock {
  const begin = `<!-- ${name}: begin (rendered from ${source}) -->`;
  const end = `<!-- ${name}: end -->`;
  return { name, begin, end, text: `${begin}\n${content}\n${end}` };
}

function classesTable(): string {
  const rows = failureClasses.map((name) => {
    const words = retryWords.filter((word) => failureClass(word) === name);
    return `| \`${name}\` | ${words.map((word) => `\`${word}\``).join(', ')} |`;
  });
  return ['| Class | Reasons |', '|---|---|', ...rows].join('\n');
}

function reasonsTable(): string {
  const rows = Object.entries(reasons).map(([reason, sentence]) => `| \`${reason}\` | ${sentence} |`);
  return ['| Reason | What it means, and what to do |', '|---|---|', ...rows].join('\n');
}

function exitCodesTable(): string {
  const codes = helpText.slice(helpText.indexOf('Exit codes:')).matchAll(/^ +(\d+) +(.+)$/gm);
  const rows = [...codes].map(([, code, meaning]) => `| ${code} | ${meaning} |`);
  return ['| Exit code | Meaning |', '|---|---|', ...rows].join('\n');
}

function exampleWatcher(): string {
  const source = readFileSync(join(import.meta.dirname, 'example-watcher.ts'), 'utf8');
  // As it reads in a folder of its own under src/watchers.
  return ['```ts', source.trimEnd().replace('../../src/watchers/', '../'), '```'].join('\n');
}
