import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { scratchDirectory } from '../test/support/scratch.ts';
import { readResults } from './report/results.ts';
import { scenarios } from './scenarios/scenarios.ts';

const timeout = 900_000;
const bench = import.meta.dirname;

/** As little as each scenario can do and still do all of it. */
const tiny = {
  SHARED_CONTROL_PLANE: 'yes',
  PAIRS: '1',
  WARM_UP_ROWS: '5',
  TRICKLE_ROWS: '2',
  BURST_ROWS: '20',
  STORM_JOBS: '10',
  SEED_ROWS: '2',
  SEED_JOBS: '2',
  SEED_TRICKLE_ROWS: '1',
  SEED_TICK_MS: '500',
  FINISHED_ROWS: '1000',
  IDLE_SECONDS: '1',
  SHORT_TRICKLE_ROWS: '2',
  UNFINISHED_TASKS: '12',
  FAILOVERS: '1',
  WAITING_ROWS: '100',
  DUE_PER_SECOND: '2',
  PASSED_ROWS: '200',
  STUB_JOBS: '100',
  CONTROLLER_TASKS: '2',
} as const;

describe('the benchmark, as small as it gets', { timeout }, () => {
  it('plays every scenario and keeps what each came to', async () => {
    await using folder = await scratchDirectory('bench-smoke');
    await copyFile(join(bench, 'README.md'), join(folder.path, 'README.md'));

    const run = await runProgram('bench.ts', { ...tiny, OUTPUT: folder.path });

    assert.equal(run.exitCode, 0, run.output);
    const results = await readResults(join(folder.path, 'results.json'));
    assert.deepEqual(
      results.map(({ name }) => name),
      scenarios.map(({ name }) => name),
    );
    for (const { name, tables, goals } of results) {
      const cells = [...tables.flatMap(({ rows }) => rows.flat()), ...goals.map(({ measured }) => measured)];
      assert.ok(cells.length > 0, name);
      assert.ok(!cells.some((cell) => /NaN|Infinity|undefined/.test(cell)), `${name}: ${cells.join(', ')}`);
    }
    const document = await readFile(join(folder.path, 'README.md'), 'utf8');
    assert.match(document, /^# Benchmarks\n.*\n### 1\. trickle\n.*\n### 10\. controller\n.*\n\| `PAIRS` \|/s);
    assert.match(await readFile(join(folder.path, 'results.svg'), 'utf8'), /^<svg .*<polyline .*<\/svg>\n$/s);
  });

  it('measures the paths through the code alone', async () => {
    const run = await runProgram('micro.ts', { ROUND_MS: '1' });

    assert.equal(run.exitCode, 0, run.output);
    for (const path of ['row → manifest', 'event → status', 'flush of 500 rows'])
      assert.ok(run.output.includes(path), run.output);
  });

  it('says what there is when it is asked for what there is not', async () => {
    const run = await runProgram('bench.ts', { SCENARIO: 'flood' });

    assert.equal(run.exitCode, 1);
    assert.match(run.output, /there is no scenario 'flood'; there are 1 or trickle, /);
  });
});

interface ProgramRun {
  readonly exitCode: number | null;
  readonly output: string;
}

async function runProgram(name: string, settings: Readonly<Record<string, string>>): Promise<ProgramRun> {
  const child = spawn(process.execPath, [join(bench, name)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode: typeof exitCode === 'number' ? exitCode : null, output: stdout + stderr };
}
