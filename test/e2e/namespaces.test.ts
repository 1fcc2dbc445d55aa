import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { insertTasks, type NewTask } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { install } from './installation.ts';
import { openPlatform } from './platform.ts';
import { readSurroundings } from './surroundings.ts';
import { untilTask } from './until-task.ts';

const timeout = 400_000;

describe('a namespace that is deleted while its tasks run', { timeout }, () => {
  for (const scope of ['namespaced', 'cluster']) {
    it(`ends its rows and no others, with ${scope} rights`, async () => {
      await using platform = await openPlatform(readSurroundings());
      const [deleted, kept] = [await platform.createNamespace('tasks'), await platform.createNamespace('tasks')];
      const values = { rbac: { scope } };
      await using installation = await install(platform, { namespaces: [deleted, kept], values });
      const { user } = installation;
      await insertTasks(user, [aSleeper('in-deleted', deleted, 600), aSleeper('in-kept', kept, 20)]);
      await untilTask(user, 'in-deleted', { status: 'Running' });
      await untilTask(user, 'in-kept', { status: 'Running' });

      await platform.kubectl(['delete', 'namespace', deleted, '--timeout=55s']);

      const { reason } = await untilTask(user, 'in-deleted', { status: 'Failed' });
      // Kubernetes deletes the pods first, which fails the Job, unless that is deleted a moment before it says so.
      assert.match(String(reason), /^(ExitCode|BackoffLimitExceeded|JobDeleted)$/);
      await untilTask(user, 'in-kept', { status: 'Succeeded' });
      await insertTasks(user, [aSleeper('too-late', deleted, 1)]);
      const missing = scope === 'cluster' ? 'NamespaceMissing' : 'Forbidden';
      await untilTask(user, 'too-late', { status: 'Pending', reason: missing });
    });
  }

  it('ends its rows when it is declared lost, if nobody was there to see it go', async () => {
    await using platform = await openPlatform(readSurroundings());
    const { image } = platform.surroundings;
    const [lost, kept] = [await platform.createNamespace('tasks'), await platform.createNamespace('tasks')];
    await using installation = await install(platform, { namespaces: [lost, kept] });
    const { user } = installation;
    await insertTasks(user, [aSleeper('in-lost', lost, 600)]);
    await untilTask(user, 'in-lost', { status: 'Running' });
    await installation.upgrade(image, { replicaCount: 0 });
    await until('no replica is left', async () => {
      const selector = 'app.kubernetes.io/component=service';
      const pods = await platform.kubectl(['get', 'pods', '-n', installation.namespace, '-l', selector, '-o', 'name']);
      assert.equal(pods, '');
    });

    await platform.kubectl(['delete', 'namespace', lost, '--timeout=55s']);

    // The Role has gone with it, so nobody can tell whether the Job still is: no row fails on a guess.
    await installation.upgrade(image, { namespaces: [kept] });
    await untilTask(user, 'in-lost', { status: 'Running', reason: 'Forbidden' }, 120_000);
    const config = { ...installation.config, NIGHTWATCH_LOST_NAMESPACES: [lost] };
    await installation.upgrade(image, { namespaces: [kept], config });
    await untilTask(user, 'in-lost', { status: 'Failed', reason: 'NamespaceLost' });
  });
});

/** It ends at once when it is asked to, which a sleep that is process 1 would not. */
function aSleeper(name: string, namespace: string, seconds: number): NewTask {
  const script = `trap 'exit 1' TERM; sleep ${seconds} & wait $!`;
  return {
    name,
    namespace,
    info: JSON.stringify({ image: 'busybox', command: ['sh', '-c', script] }),
    status: 'Normal',
  };
}
