import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { flavours } from '../support/database.ts';
import { endPods } from '../support/end-pods.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { aNewTask, anInfo, insertTasks } from '../support/task-rows.ts';

const timeout = 120_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(() => system[Symbol.asyncDispose]());

const waits = [
  ['image-not-found', 'ImagePull.NotFound', /not found/],
  ['image-unauthorized', 'ImagePull.Unauthorized', /401 Unauthorized/],
  ['image-pull-failure', 'ImagePull.Other', /Back-off pulling image/],
  ['unschedulable', 'Unschedulable.Resources', /3 Insufficient cpu/],
  ['tainted', 'Unschedulable.Taints', /untolerated taint/],
  ['config-failure', 'ContainerConfig', /secret "of-the-task" not found/],
] as const;

for (const flavour of flavours) {
  describe(`a row whose task does not run says why, on ${flavour}`, { timeout }, () => {
    const resources = new AsyncDisposableStack();
    let installation: RunningInstallation;
    let rows: SubmittedRows;
    /** Where pods are refused. */
    let closed: string;

    before(async () => {
      closed = await system.createNamespace();
      const namespaces = [await system.createNamespace(), closed];
      const settings = { NIGHTWATCH_POD_SECURITY: `${closed}=privileged` };
      installation = resources.use(await system.install(flavour, { namespaces, settings }));
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(() => resources.disposeAsync());

    it('in the words of its pod', async () => {
      const { user, namespace } = installation;
      await insertTasks(
        user,
        waits.map(([life]) => aNewTask({ namespace, name: life, info: anInfo({ life }) })),
      );

      for (const [name, reason, message] of waits) {
        const row = await rows.untilStatus(name, 'Pending', reason);
        assert.match(row.message ?? '', message);
        assert.deepEqual([row.started_at, row.exit_code], [null, null]);
      }
    });

    it('until it runs: then there is nothing to say', async () => {
      await rows.submit('starts-late', 'image-not-found', 'Pending', 'ImagePull.NotFound');

      await endPods(system.cluster, { namespace: installation.namespace, name: 'starts-late' });

      const row = await rows.untilStatus('starts-late', 'Succeeded');
      assert.deepEqual([row.reason, row.message, row.exit_code], [null, null, 0]);
    });

    it('when Pod Security refuses its pods', async () => {
      await system.cluster.kubectl(['label', 'namespace', closed, 'pod-security.kubernetes.io/enforce=restricted']);

      await rows.insert({ name: 'insecure', namespace: closed, info: anInfo() });

      const row = await rows.untilStatus('insecure', 'Pending', 'PodSecurity', 30_000);
      assert.match(row.message ?? '', /violates PodSecurity "restricted/);
    });

    it('when the quota of its namespace has no room for its pods', async () => {
      await system.cluster.kubectl(['label', 'namespace', closed, 'pod-security.kubernetes.io/enforce-']);
      await system.cluster.kubectl(['create', 'quota', 'no-pods', '-n', closed, '--hard=pods=0']);

      await rows.insert({ name: 'no-room', namespace: closed, info: anInfo() });

      const row = await rows.untilStatus('no-room', 'Pending', 'QuotaExceeded', 30_000);
      assert.match(row.message ?? '', /exceeded quota: no-pods/);
    });

    it('also to the next leader, which has seen nothing of it happen', async () => {
      await installation.nightwatch[Symbol.asyncDispose]();
      await installation.user.query("UPDATE task SET reason = NULL, message = NULL WHERE name = 'unschedulable'");

      await installation.start();

      await rows.untilStatus('unschedulable', 'Pending', 'Unschedulable.Resources');
    });
  });
}
