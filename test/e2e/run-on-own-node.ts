import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startOwnNode } from './own-node.ts';
import { surroundingsEnvironment, surroundingsVariables } from './surroundings.ts';

const files = process.argv.slice(2);

/** Runs the tests, on the user's cluster if one is named, else on a node of their own. */
async function run(): Promise<number> {
  if (process.env[surroundingsVariables.kubeconfig]) return runTests({});
  await using own = await startOwnNode();
  return await runTests(surroundingsEnvironment(own.surroundings));
}

async function runTests(environment: Readonly<Record<string, string>>): Promise<number> {
  const args = ['--test', '--test-concurrency=1', ...(files.length > 0 ? files : ['test/e2e/*.test.ts'])];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

process.exitCode = await run();
