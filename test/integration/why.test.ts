import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { flavours } from '../support/database.ts';
import { endPods } from '../support/end-pods.ts';
import { readAttempts } from '../support/attempt-rows.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

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
    let installation: RunningInstallation;

    before(async () => {
      installation = await system.install(flavour);
    });

    after(() => installation[Symbol.asyncDispose]());

    it('in the words of its pod', async () => {
      await submit(waits.map(([life]) => ({ name: life, info: anInfo({ life }) })));

      for (const [name, reason, message] of waits) {
        const row = await untilRow(name, (seen) => assert.equal(seen.reason, reason));
        assert.equal(row.status, 'Pending');
        assert.match(row.message ?? '', message);
        assert.equal(row.started_at, null);
      }
    });

    it('also after the leader has changed', async () => {
      await submit([{ name: 'waits-on', info: anInfo({ life: 'unschedulable' }) }]);
      await untilRow('waits-on', ({ reason }) => assert.equal(reason, 'Unschedulable.Resources'));
      await installation.user.query("UPDATE task SET reason = NULL, message = NULL WHERE name = 'waits-on'");

      await using second = await installation.start({ until: 'up' });
      await installation.nightwatch[Symbol.asyncDispose]();

      await untilRow('waits-on', ({ reason }) => assert.equal(reason, 'Unschedulable.Resources'));
      assert.match((await second.readyz()).text, /leads, epoch 2/);
      installation = { ...installation, nightwatch: await installation.start({ until: 'up' }) };
    });

    it('until it runs: then there is nothing to say', async () => {
      await submit([{ name: 'starts-late', info: anInfo({ life: 'image-not-found' }) }]);
      await untilRow('starts-late', ({ reason }) => assert.equal(reason, 'ImagePull.NotFound'));

      await endPods(system.cluster, { namespace: installation.namespace, name: 'starts-late' });

      const row = await untilRow('starts-late', ({ status }) => assert.equal(status, 'Succeeded'));
      assert.deepEqual([row.reason, row.message, row.exit_code], [null, null, 0]);
    });

    it('when its namespace refuses its pods by Pod Security, and goes on when it does no longer', async () => {
      const { cluster } = system;
      const label = 'pod-security.kubernetes.io/enforce';
      const namespace = await namespaceOfItsOwn();
      await cluster.kubectl(['label', 'namespace', namespace, `${label}=restricted`]);

      await submit([{ name: 'insecure', namespace, info: anInfo() }]);
      const row = await untilRow('insecure', ({ reason }) => assert.equal(reason, 'PodSecurity'));
      assert.equal(row.status, 'Pending');
      assert.match(row.message ?? '', /violates PodSecurity "restricted/);

      await cluster.kubectl(['label', 'namespace', namespace, `${label}-`]);
      await untilRow('insecure', ({ status }) => assert.equal(status, 'Succeeded'), 60_000);
    });

    it('when the quota of its namespace has no room for its pods', async () => {
      const namespace = await namespaceOfItsOwn();
      await system.cluster.kubectl(['create', 'quota', 'no-pods', '-n', namespace, '--hard=pods=0']);

      await submit([{ name: 'no-room', namespace, info: anInfo() }]);

      const row = await untilRow('no-room', ({ reason }) => assert.equal(reason, 'QuotaExceeded'));
      assert.equal(row.status, 'Pending');
      assert.match(row.message ?? '', /exceeded quota: no-pods/);
    });

    async function namespaceOfItsOwn(): Promise<string> {
      const [, second = ''] = installation.namespaces;
      return second;
    }

    async function submit(tasks: readonly { name: string; info: string; namespace?: string }[]): Promise<void> {
      const { namespace } = installation;
      await insertTasks(
        installation.user,
        tasks.map((task) => aNewTask({ namespace, ...task })),
      );
    }

    function untilRow(name: string, expect: (row: TaskRow) => void, timeoutMs?: number): Promise<TaskRow> {
      return until(
        `row ${name} is as expected`,
        async () => {
          const row = await readTask(installation.user, name);
          expect(row);
          return row;
        },
        timeoutMs,
      );
    }
  });
}
