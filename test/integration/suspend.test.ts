import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { closeForJobs, openForJobs } from '../support/a-quota.ts';
import { flavours } from '../support/database.ts';
import { endPods } from '../support/end-pods.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const ours = 'nightwatch.dev/suspended';
const suspension = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.object({ suspend: z.boolean().optional() }),
});
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`a task that its user holds on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;
    let full: string;

    before(async () => {
      full = await system.createNamespace();
      const namespaces = [await system.createNamespace(), full];
      const settings = { NIGHTWATCH_WATCHERS: 'resync=@every 1s', NIGHTWATCH_CREATE_LEASE: '2s' };
      installation = await system.install(flavour, { namespaces, settings });
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    it('while it runs has no pods until it goes on, as the same attempt with the same Job', async () => {
      const { job_uid, attempt_id } = await rows.submit('runs', 'hang');

      await rows.want('runs', 'Suspend');
      const held = await rows.untilStatus('runs', 'Suspended', 'Suspended');
      await until('its pods are gone', async () => assert.deepEqual(await podsOf('runs'), []));
      assert.deepEqual(await suspensionOf('runs'), { suspend: true, mark: 'true' });
      await rows.want('runs', 'Run');
      const resumed = await rows.untilStatus('runs', 'Running');

      assert.deepEqual(await suspensionOf('runs'), { suspend: false, mark: undefined });
      for (const row of [held, resumed]) {
        assert.deepEqual([row.job_uid, row.attempt_id, row.wish, row.finished_at], [job_uid, attempt_id, null, null]);
      }
      await endPods(system.cluster, { namespace: installation.namespace, name: 'runs' });
      assert.equal((await rows.untilStatus('runs', 'Succeeded')).attempt, 1);
    });

    it('before it is taken has no Job until it goes on', async () => {
      await rows.insert({ name: 'new', desired: 'Suspend' });
      const held = await rows.untilStatus('new', 'Suspended', 'Suspended');
      assert.equal(held.attempt, 0);

      await rows.want('new', 'Run');

      await rows.untilStatus('new', 'Succeeded');
    });

    it('while it waits for its Job has none until it goes on, though there is room', async () => {
      await closeForJobs(system.cluster, full);
      await rows.insert({ name: 'waits', namespace: full });
      await rows.untilStatus('waits', 'Pending', 'QuotaExceeded');
      await rows.want('waits', 'Suspend');
      const { attempt_id } = await rows.untilStatus('waits', 'Suspended', 'Suspended');
      await openForJobs(system.cluster, full);
      // One that was submitted later has its Job and its end meanwhile.
      await rows.insert({ name: 'later', namespace: full });
      await rows.untilStatus('later', 'Succeeded');
      assert.equal((await rows.read('waits')).status, 'Suspended');

      await rows.want('waits', 'Run');

      const row = await rows.untilStatus('waits', 'Succeeded');
      assert.deepEqual([row.attempt, row.attempt_id], [1, attempt_id]);
    });

    it('and whose Job somebody lets go on is held again', async () => {
      await rows.submit('let-go', 'hang');
      await rows.want('let-go', 'Suspend');
      await rows.untilStatus('let-go', 'Suspended');

      await patchJob('let-go', { spec: { suspend: false } });

      await until('it is suspended again', async () => {
        assert.deepEqual(await suspensionOf('let-go'), { suspend: true, mark: 'true' });
        assert.equal((await rows.read('let-go')).status, 'Suspended');
      });
    });

    it('and that somebody else suspended waits for them, and is held once they let it go on', async () => {
      await rows.submit('queued', 'hang');
      await patchJob('queued', { spec: { suspend: true } });
      await rows.untilStatus('queued', 'Pending', 'SuspendedElsewhere');

      await rows.want('queued', 'Suspend');
      // Another one is held meanwhile.
      await rows.submit('held-meanwhile', 'hang');
      await rows.want('held-meanwhile', 'Suspend');
      await rows.untilStatus('held-meanwhile', 'Suspended');
      assert.deepEqual(await suspensionOf('queued'), { suspend: true, mark: undefined });
      await patchJob('queued', { spec: { suspend: false } });

      await rows.untilStatus('queued', 'Suspended');
      assert.deepEqual(await suspensionOf('queued'), { suspend: true, mark: 'true' });
    });

    it('can be cancelled', async () => {
      await rows.submit('held-then-cancelled', 'hang');
      await rows.want('held-then-cancelled', 'Suspend');
      await rows.untilStatus('held-then-cancelled', 'Suspended');

      await rows.want('held-then-cancelled', 'Cancel');

      const row = await rows.untilStatus('held-then-cancelled', 'Cancelled');
      assert.equal(row.desired, 'Run');
      assert.ok(!(await jobs()).some(({ name }) => name === 'held-then-cancelled'));
    });

    it('and that has ended meanwhile has ended', async () => {
      await rows.submit('ended', 'succeed', 'Succeeded');

      await rows.want('ended', 'Suspend');
      await rows.submit('after-it', 'hang');
      await rows.want('after-it', 'Suspend');
      await rows.untilStatus('after-it', 'Suspended');

      const row = await rows.read('ended');
      assert.deepEqual([row.status, row.message], ['Succeeded', null]);
    });

    it("is not one that has ended and in whose status its user wrote 'Suspended'", async () => {
      await rows.submit('their-word', 'succeed', 'Succeeded');

      await installation.user.query("UPDATE task SET status = 'Suspended' WHERE name = 'their-word'");
      await rows.submit('meanwhile', 'hang');
      await rows.want('meanwhile', 'Suspend');
      await rows.untilStatus('meanwhile', 'Suspended');
      await rows.want('meanwhile', 'Run');
      await rows.untilStatus('meanwhile', 'Running');

      const row = await rows.read('their-word');
      assert.deepEqual([row.status, row.attempt], ['Suspended', 1]);
    });

    function jobs() {
      return readJobs(system.cluster, installation.namespace);
    }

    async function podsOf(job: string): Promise<readonly string[]> {
      const selector = ['-n', installation.namespace, '-l', `job-name=${job}`];
      const names = await system.cluster.kubectl(['get', 'pods', ...selector, '-o', 'name']);
      return names.split('\n').filter((name) => name !== '');
    }

    async function suspensionOf(job: string) {
      const text = await system.cluster.kubectl(['get', 'job', job, '-n', installation.namespace, '-o', 'json']);
      const { metadata, spec } = suspension.parse(JSON.parse(text));
      return { suspend: spec.suspend ?? false, mark: metadata.annotations?.[ours] };
    }

    async function patchJob(job: string, patch: object): Promise<void> {
      const where = ['-n', installation.namespace, '--type=merge'];
      await system.cluster.kubectl(['patch', 'job', job, ...where, '-p', JSON.stringify(patch)]);
    }
  });
}
