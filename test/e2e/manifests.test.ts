import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { insertTasks } from '../support/task-rows.ts';
import { secretOf } from './installation.ts';
import { openPlatform } from './platform.ts';
import { readSurroundings } from './surroundings.ts';
import { untilTask } from './until-task.ts';

const timeout = 300_000;
const manifests = join(import.meta.dirname, '..', '..', 'deploy', 'nightwatch.yaml');
const namespace = 'nightwatch-system';

describe('the file for kubectl apply', { timeout }, () => {
  it('installs nightwatch with nothing added but the image and a Secret', async () => {
    const surroundings = readSurroundings();
    await using platform = await openPlatform(surroundings);
    const { kubectl } = platform;
    await using resources = new AsyncDisposableStack();
    const database = resources.use(await platform.createDatabase());
    const user = resources.adopt(await database.connect(), (connection) => connection.destroy());
    const text = (await readFile(manifests, 'utf8')).replace(/image: .*/g, `image: ${surroundings.image}`);
    resources.defer(async () => {
      await kubectl(['delete', '-f', '-', '--ignore-not-found', '--wait=false'], text);
    });

    await kubectl(['apply', '-f', '-'], text);
    await kubectl(['create', '-f', '-', '-n', namespace], JSON.stringify(secretOf(database, surroundings.redisUrl)));
    await kubectl(['rollout', 'status', 'deployment/nightwatch', '-n', namespace, '--timeout=55s']);

    const info = JSON.stringify({ image: 'busybox', command: ['true'] });
    await insertTasks(user, [{ name: 'applied', namespace: 'default', info, status: 'Normal' }]);
    resources.defer(async () => {
      await kubectl(['delete', 'job', 'applied', '-n', 'default', '--ignore-not-found']);
    });
    await untilTask(user, 'applied', { status: 'Succeeded' });
  });
});
