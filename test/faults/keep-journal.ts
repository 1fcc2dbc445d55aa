import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoundResult } from './round/play-round.ts';

/** Keeps the whole history of a round that failed, for whoever looks for the reason; returns where. */
export async function keepJournal(name: string, { findings, judged }: RoundResult): Promise<string> {
  const folder = join(tmpdir(), 'nightwatch-faults');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ findings, ...judged, explained: [...judged.explained] }, undefined, 1));
  return file;
}
