import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { closeForJobs } from '../support/a-quota.ts';
import { readAttempts } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { anInfo } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`startDeadlineSeconds on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;
    let full: string;

    before(async () => {
      full = await system.createNamespace();
      await closeForJobs(system.cluster, full);
      installation = await system.install(flavour, { namespaces: [await system.createNamespace(), full] });
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    it('ends a task whose pods do not start, with its Job gone first and with what they waited for', async () => {
      await submit('no-image', 'image-pull-failure', 2);

      const row = await rows.untilStatus('no-image', 'Failed');

      assert.deepEqual([row.reason, row.ending, row.started_at], ['StartDeadline', 'StartDeadline', null]);
      assert.match(row.message ?? '', /waited for \w+/);
      assert.ok(!(await readJobs(system.cluster, installation.namespace)).some(({ name }) => name === 'no-image'));
      const [kept] = await readAttempts(installation.user, 'attempt_id = ?', [row.attempt_id]);
      assert.deepEqual([kept?.status, kept?.reason, kept?.job_uid], ['Failed', 'StartDeadline', row.job_uid]);
    });

    it('has no say once a pod has started', async () => {
      await submit('runs-long', 'succeed after 4s', 1);
      await rows.untilStatus('runs-long', 'Running');

      const row = await rows.untilStatus('runs-long', 'Succeeded');

      assert.equal(row.ending, null);
    });

    it('does not run while the task is held, and begins anew when that goes on', async () => {
      await submit('held', 'pending', 3);
      await rows.untilStatus('held', 'Pending', 'WaitingForPods');
      await rows.want('held', 'Suspend');
      await rows.untilStatus('held', 'Suspended');
      await submit('meanwhile', 'pending', 4);
      await rows.untilStatus('meanwhile', 'Failed', 'StartDeadline');
      assert.equal((await rows.read('held')).status, 'Suspended');

      await rows.want('held', 'Run');

      await rows.untilStatus('held', 'Failed', 'StartDeadline');
    });

    it('ends a task too whose Job could not be made in that time', async () => {
      await rows.insert({ name: 'no-room', namespace: full, info: anInfo({ startDeadlineSeconds: 3 }) });
      await rows.untilStatus('no-room', 'Pending', 'QuotaExceeded');

      const row = await rows.untilStatus('no-room', 'Failed');

      assert.deepEqual([row.reason, row.job_uid], ['StartDeadline', null]);
      assert.match(row.message ?? '', /waited for QuotaExceeded: .*exceeded quota/);
    });

    it('that was begun under a former leader is kept by the next', async () => {
      await submit('taken-over', 'pending', 4);
      await rows.untilStatus('taken-over', 'Pending', 'WaitingForPods');
      const { process } = installation.nightwatch;
      process.kill('SIGKILL');
      await process.exited;
      await using _next = await installation.start();

      const row = await until('it has ended', async () => {
        const read = await rows.read('taken-over');
        assert.equal(read.status, 'Failed');
        return read;
      });

      assert.equal(row.reason, 'StartDeadline');
    });

    async function submit(name: string, life: string, startDeadlineSeconds: number): Promise<void> {
      await rows.insert({ name, info: anInfo({ life, startDeadlineSeconds }) });
    }
  });
}
