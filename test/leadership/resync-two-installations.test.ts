import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endPods } from '../support/end-pods.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const names = ['shared-1', 'shared-2', 'shared-3'];

describe('two installations in one namespace', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;

  before(async () => {
    system = resources.use(await startSystem());
  });

  after(() => resources.disposeAsync());

  it('never touch the Jobs of each other', { timeout: 90_000 }, async () => {
    const namespace = await system.createNamespace();
    const options = {
      namespaces: [namespace],
      // The one that would remove most.
      settings: { NIGHTWATCH_ORPHANS: 'delete', NIGHTWATCH_WATCHERS: 'resync=@every 500ms' },
    };
    await using first = await system.install('mariadb', options);
    await using second = await system.install('mariadb', options);
    const tasks = names.map((name) => aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) }));
    await insertTasks(first.user, tasks);
    await until('those of the first run', async () => {
      for (const { status } of await readTasks(first.user)) assert.equal(status, 'Running');
    });
    const running = await readTasks(first.user);

    await insertTasks(second.user, [...tasks, aNewTask({ namespace, name: 'own' })]);

    await until('the second fails its own rows, and runs what it can', async () => {
      const rows = await readTasks(second.user);
      assert.deepEqual(
        rows.map(({ status, reason }) => [status, reason]),
        [...names.map(() => ['Failed', 'NameConflict']), ['Succeeded', null]],
      );
    });
    await sleep(1_500);
    assert.deepEqual(await readTasks(first.user), running);
    for (const name of names) await endPods(system.cluster, { namespace, name });
    await until('those of the first end', async () => {
      for (const { status } of await readTasks(first.user)) assert.equal(status, 'Succeeded');
    });
    const own = await readTask(second.user, 'own');
    const jobs = await readJobs(system.cluster, namespace);
    const recorded = new Set([...running, own].map(({ job_uid }) => job_uid));
    assert.deepEqual(new Set(jobs.map(({ uid }) => uid)), recorded);
    const writes = await system.cluster.auditedJobWrites();
    assert.deepEqual(
      writes.filter(({ verb, user }) => verb === 'delete' && user.includes('nightwatch')),
      [],
    );
  });
});
