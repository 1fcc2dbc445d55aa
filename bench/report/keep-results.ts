import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withResults } from './markdown.ts';
import { mergeResults, readResults, type ScenarioResult, writeResults } from './results.ts';
import { drawCharts } from './svg.ts';

/** Puts results among those that a folder has: the numbers, the picture, and the tables of its README if it has one. */
export async function keepResults(folder: string | undefined, taken: readonly ScenarioResult[]): Promise<void> {
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'results.json');
  const results = mergeResults(await readResults(file), taken);
  await writeResults(file, results);
  const charts = results.flatMap((result) =>
    result.charts.map((chart) => ({ ...chart, title: `${result.server}: ${chart.title}` })),
  );
  await writeFile(join(folder, 'results.svg'), drawCharts(charts));
  await rewriteReadme(join(folder, 'README.md'), results);
}

async function rewriteReadme(path: string, results: readonly ScenarioResult[]): Promise<void> {
  let document: string;
  try {
    document = await readFile(path, 'utf8');
  } catch {
    // A folder for somebody's own results needs none.
    return;
  }
  await writeFile(path, withResults(document, results));
}
