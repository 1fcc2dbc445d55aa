import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { endPods } from '../support/end-pods.ts';
import { createJobByHand } from '../support/hand-made-job.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { seedCreateTable } from '../support/seed-table.ts';
import { aNewTask, insertTasks, readTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const statuses = ['Pending', 'Running', 'Unknown'] as const;

describe('rows that the system before this one left open', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;

  before(async () => {
    system = resources.use(await startSystem());
  });

  after(() => resources.disposeAsync());

  it('are followed to the end of their Jobs, and fail where there is none', { timeout: 120_000 }, async () => {
    const namespace = await system.createNamespace();
    const hang = statuses.map((status) => ({ name: `hangs-${status.toLowerCase()}`, status }));
    const ended = statuses.map((status) => ({ name: `ended-${status.toLowerCase()}`, status }));
    const without = statuses.map((status) => ({ name: `without-${status.toLowerCase()}`, status }));
    const uids = new Map<string, string>();
    for (const { name } of hang) uids.set(name, await createJobByHand(system.cluster, { name, namespace }));
    for (const { name } of ended) {
      uids.set(name, await createJobByHand(system.cluster, { name, namespace, life: 'exit 3' }));
    }
    await using installation = await system.install('mariadb', {
      namespaces: [namespace],
      beforeMigrate: async (user) => {
        await user.query(seedCreateTable);
        const rows = [...hang, ...ended, ...without].map((row) => aNewTask({ namespace, ...row }));
        await insertTasks(user, rows);
      },
      settings: { NIGHTWATCH_WATCHERS: 'resync=@every 500ms' },
    });
    const { user } = installation;

    for (const { name } of without) await untilEnded(name, 'Failed', 'JobDeleted');
    for (const { name } of ended) await untilEnded(name, 'Failed', 'BackoffLimitExceeded');
    await until('the others are followed by uid', async () => {
      const recorded = await Promise.all(hang.map(async ({ name }) => (await readTask(user, name)).job_uid));
      assert.deepEqual(
        recorded,
        hang.map(({ name }) => uids.get(name)),
      );
    });
    // The next leader knows them only by what is recorded.
    await installation.nightwatch.process.stop();
    await installation.start();
    const [first, second, third] = hang;
    assert.ok(first && second && third);
    await endPods(system.cluster, { namespace, name: first.name });
    await system.cluster.kubectl(['delete', 'job', second.name, '-n', namespace]);
    await createJobByHand(system.cluster, { name: second.name, namespace });
    await endPods(system.cluster, { namespace, name: third.name }, 'Failed');

    await untilEnded(first.name, 'Succeeded', null);
    await untilEnded(second.name, 'Failed', 'JobDeleted');
    await untilEnded(third.name, 'Failed', 'BackoffLimitExceeded');
    const rows = await readTasks(user);
    for (const { name, job_uid } of rows) assert.equal(job_uid, uids.get(name) ?? null, name);
    const writes = (await system.cluster.auditedJobWrites()).filter((entry) => entry.namespace === namespace);
    const own = writes.filter(({ userAgent }) => userAgent.startsWith('nightwatch/'));
    assert.deepEqual(own, [], 'nightwatch has made and removed nothing');
    assert.equal((await readJobs(system.cluster, namespace)).length, uids.size);

    async function untilEnded(name: string, status: string, reason: string | null): Promise<void> {
      await until(
        `${name} is ${status}`,
        async () => {
          const row = await readTask(user, name);
          assert.deepEqual([row.status, row.reason], [status, reason], JSON.stringify(row));
          assert.notEqual(row.finished_at, null);
        },
        // Jobs without labels are looked at every ten seconds.
        30_000,
      );
    }
  });

  it('fail none of them when most have no Job: it may be the wrong cluster', { timeout: 60_000 }, async () => {
    const namespace = await system.createNamespace();
    const names = Array.from({ length: 30 }, (_, index) => `inherited-${index + 1}`);
    await using installation = await system.install('mariadb', {
      namespaces: [namespace],
      beforeMigrate: async (user) => {
        await user.query(seedCreateTable);
        const rows = names.map((name) => aNewTask({ namespace, name, status: 'Running' }));
        await insertTasks(user, rows);
      },
    });

    await until('it says so', async () => {
      assert.match(await installation.nightwatch.log(), /too many inherited rows have no job/);
    });
    const rows = await readTasks(installation.user);
    assert.deepEqual(new Set(rows.map(({ status }) => status)), new Set(['Running']));
    assert.deepEqual(await readJobs(system.cluster, namespace), []);
  });
});
