import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const main = join(import.meta.dirname, '../../src/main.ts');
const longestMs = 60_000;

/** How a run of the program ended. */
export interface EndedRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end, whatever that is; one that has not ended after 60 s is killed. */
export async function runNightwatch(
  words: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<EndedRun> {
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env.PATH, NIGHTWATCH_LOG_FORMAT: 'json', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode: typeof exitCode === 'number' ? exitCode : null, stdout, stderr };
}
