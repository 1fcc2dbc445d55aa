import { describe, it } from 'node:test';
import { startOwnNode } from '../e2e/own-node.ts';
import { openPlatform } from '../e2e/platform.ts';
import { installForSeedRows, showSeedRows } from '../e2e/seed-rows.ts';
import { untilTask } from '../e2e/until-task.ts';
import { insertTasks } from '../support/task-rows.ts';
import { machineObstacle } from './machine.ts';

const timeout = 900_000;

/** The short form of the end-to-end tests, for every run; `make e2e` has the others. */
describe('nightwatch on a real node', { timeout, skip: machineObstacle() ?? false }, () => {
  it("is installed, runs the seed's rows and one that fails, and is uninstalled", async () => {
    await using own = await startOwnNode();
    await using platform = await openPlatform(own.surroundings);
    await using installation = await installForSeedRows(platform);
    const { user } = installation;
    const info = JSON.stringify({ image: 'busybox', command: ['sh', '-c', 'exit 3'] });
    await insertTasks(user, [{ name: 'fails', namespace: 'demo', info, status: 'Normal' }]);

    await untilTask(user, 'fails', { status: 'Failed', reason: 'ExitCode', exit_code: 3 });
    await showSeedRows(platform, installation);
  });
});
