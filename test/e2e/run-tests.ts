import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Surroundings, surroundingsEnvironment } from './surroundings.ts';

/** Runs test files one after the other, told where; resolves with the exit code. */
export async function runTests(surroundings: Partial<Surroundings>, files: readonly string[]): Promise<number> {
  const env = { ...process.env, ...surroundingsEnvironment(surroundings) };
  const child = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], { stdio: 'inherit', env });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
