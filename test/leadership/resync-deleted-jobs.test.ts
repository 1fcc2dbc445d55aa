import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCreated, readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

// Long enough for several passes of everything, had anybody wanted to create the Job again.
const afterwardsMs = 1_500;
const finalizer = 'nightwatch.test/held';

describe('a Job that somebody deletes', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: RunningInstallation;

  before(async () => {
    system = resources.use(await startSystem());
    installation = resources.use(
      await system.install('mariadb', { settings: { NIGHTWATCH_WATCHERS: 'resync=@every 500ms' } }),
    );
  });

  after(() => resources.disposeAsync());

  async function run(name: string): Promise<TaskRow> {
    const { user, namespace } = installation;
    await insertTasks(user, [aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) })]);
    return until(`${name} runs`, async () => {
      const row = await readTask(user, name);
      assert.equal(row.status, 'Running');
      return row;
    });
  }

  const kubectl = (...args: readonly string[]) => system.cluster.kubectl([...args, '-n', installation.namespace]);

  async function untilJobDeleted(name: string): Promise<TaskRow> {
    return until(`${name} has failed`, async () => {
      const row = await readTask(installation.user, name);
      assert.deepEqual([row.status, row.reason], ['Failed', 'JobDeleted'], JSON.stringify(row));
      return row;
    });
  }

  async function assertNotCreatedAgain(before: TaskRow, failed: TaskRow): Promise<void> {
    await sleep(afterwardsMs);
    assert.deepEqual(await readTask(installation.user, failed.name), failed);
    assert.equal(failed.job_uid, before.job_uid);
    assert.equal(failed.attempt, 1);
    assert.notEqual(failed.finished_at, null);
    const writes = await system.cluster.auditedJobWrites();
    assert.equal(writes.filter((entry) => entry.name === failed.name && hasCreated(entry)).length, 1);
    const jobs = await readJobs(system.cluster, installation.namespace);
    assert.deepEqual(
      jobs.filter(({ name }) => name === failed.name),
      [],
    );
  }

  for (const cascade of ['background', 'foreground', 'orphan']) {
    it(`fails its row as JobDeleted and is not made again (cascade ${cascade})`, { timeout: 60_000 }, async () => {
      const name = `deleted-${cascade}`;
      const running = await run(name);
      await kubectl('delete', 'job', name, `--cascade=${cascade}`);
      await assertNotCreatedAgain(running, await untilJobDeleted(name));
    });
  }

  it('does so too when nobody led at that time', { timeout: 60_000 }, async () => {
    const running = await run('deleted-unseen');
    await installation.nightwatch.process.stop();
    await kubectl('delete', 'job', 'deleted-unseen');
    await installation.start();
    await assertNotCreatedAgain(running, await untilJobDeleted('deleted-unseen'));
  });

  it('fails its row only once it is gone, while a finalizer keeps it', { timeout: 60_000 }, async () => {
    const running = await run('deleted-slowly');
    await kubectl('patch', 'job', 'deleted-slowly', '-p', JSON.stringify({ metadata: { finalizers: [finalizer] } }));
    await kubectl('delete', 'job', 'deleted-slowly', '--wait=false');
    await until('the Job is being deleted', async () => {
      const jobs = await readJobs(system.cluster, installation.namespace);
      assert.equal(jobs.find(({ name }) => name === 'deleted-slowly')?.isBeingDeleted, true);
    });
    await sleep(afterwardsMs);
    assert.equal((await readTask(installation.user, 'deleted-slowly')).finished_at, null);

    await kubectl('patch', 'job', 'deleted-slowly', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await assertNotCreatedAgain(running, await untilJobDeleted('deleted-slowly'));
  });
});
