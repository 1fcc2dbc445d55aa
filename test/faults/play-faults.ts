import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchDirectory } from '../support/scratch.ts';
import { roundLine } from './results.ts';
import { withRounds } from './results-table.ts';

/*
 * `make faults`: plays every event, or those that FAULT names (numbers with commas), ROUNDS times each, and writes
 * what came of it into RESULTS.md. SEED makes the random choices of an earlier round again.
 */

const resultsFile = join(import.meta.dirname, 'RESULTS.md');

await using directory = await scratchDirectory('faults');
const lines = join(directory.path, 'rounds.jsonl');
await writeFile(lines, '');
const files = await Array.fromAsync(glob(join(import.meta.dirname, '*.test.ts')));
const { SEED, ...environment } = process.env;
const run = spawn(process.execPath, ['--test', '--test-concurrency=2', ...files.sort()], {
  stdio: 'inherit',
  env: {
    ...environment,
    NIGHTWATCH_TEST_FAULTS: 'all',
    NIGHTWATCH_TEST_FAULTS_RESULTS: lines,
    ...(SEED !== undefined && { NIGHTWATCH_TEST_SEED: SEED }),
  },
});
// A terminal's Ctrl-C reaches the tests themselves; what they have played by then is worth keeping.
process.on('SIGINT', () => {});
const [exitCode] = await once(run, 'close');
await writeRounds();
process.exitCode = typeof exitCode === 'number' ? exitCode : 1;

async function writeRounds(): Promise<void> {
  const played = (await readFile(lines, 'utf8')).split('\n').filter((line) => line !== '');
  const rounds = played.map((line) => roundLine.parse(JSON.parse(line)));
  if (rounds.length === 0) return;
  await writeFile(resultsFile, withRounds(await readFile(resultsFile, 'utf8'), rounds));
}
