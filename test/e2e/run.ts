import { machineObstacle } from '../node/machine.ts';
import { startOwnNode } from './own-node.ts';
import { runTests } from './run-tests.ts';
import { surroundingsVariables } from './surroundings.ts';

const anywhere = 'test/e2e/*.test.ts';
const onlyOnOwnNode = 'test/e2e/own-node/*.test.ts';

/** Runs the end-to-end tests, or the files that are named: on the user's cluster if that is, else on a node of their own. */
async function run(files: readonly string[]): Promise<number> {
  if (process.env[surroundingsVariables.kubeconfig]) return runTests({}, files.length > 0 ? files : [anywhere]);
  const obstacle = machineObstacle();
  if (obstacle !== undefined) {
    process.stderr.write(`${obstacle}: name a cluster by ${surroundingsVariables.kubeconfig}, or use make e2e-kind\n`);
    return 1;
  }
  await using own = await startOwnNode();
  return await runTests(own.surroundings, files.length > 0 ? files : [anywhere, onlyOnOwnNode]);
}

process.exitCode = await run(process.argv.slice(2));
