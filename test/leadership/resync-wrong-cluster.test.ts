import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { submitBatch, untilBatch } from '../support/task-batch.ts';
import { anInfo, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const openRows = 100;
const settings = { NIGHTWATCH_WATCHERS: 'resync=@every 500ms' };

describe('an empty cluster behind a database with many open rows', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let empty: Cluster;

  before(async () => {
    system = resources.use(await startSystem());
    empty = resources.use(await startCluster());
  });

  after(() => resources.disposeAsync());

  it('fails none of them, and says so, until an operator confirms it', { timeout: 120_000 }, async (t) => {
    await using installation = await system.install('mariadb');
    const { user, namespace, nightwatch } = installation;
    await submitBatch(installation, { prefix: 'open', count: openRows, info: anInfo({ life: 'hang' }) });
    await untilBatch(user, { status: 'Running' });
    await nightwatch.process.stop();
    const rows = await readTasks(user);
    await empty.allowNamespace(namespace);
    const kubeconfig = await empty.kubeconfigFor();

    const inWrongCluster = await installation.start({ kubeconfig, settings });
    await until('readiness says so', async () => {
      const { text } = await inWrongCluster.readyz();
      assert.match(text, /100 of 100 open tasks have no Job in the cluster/);
      assert.match(text, /NIGHTWATCH_ACCEPT_DELETED_JOBS/);
    });
    await sleep(2_000);
    assert.match(await inWrongCluster.log(), /too many jobs are missing at once, no row is failed for it/);
    assert.deepEqual(statesOf(await readTasks(user)), statesOf(rows));
    await inWrongCluster.process.stop();

    await t.test('and goes on in the right one', async () => {
      const back = await installation.start({ settings });
      await until('all Jobs are found', async () => {
        const { text } = await back.readyz();
        assert.match(text, /1 namespaces are followed/);
        assert.doesNotMatch(text, /have no Job/);
      });
      assert.deepEqual(statesOf(await readTasks(user)), statesOf(rows));
      await back.process.stop();
    });

    await installation.start({ kubeconfig, settings: { ...settings, NIGHTWATCH_ACCEPT_DELETED_JOBS: 'true' } });
    await untilBatch(user, { status: 'Failed' });
    assert.deepEqual(new Set((await readTasks(user)).map(({ reason }) => reason)), new Set(['JobDeleted']));
  });
});

/** Without what merely tells which leader has looked at them. */
function statesOf(rows: Awaited<ReturnType<typeof readTasks>>): readonly object[] {
  return rows.map(({ epoch: _, ...row }) => row);
}
