import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readAttempts } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { defaultLease } from '../support/default-lease.ts';
import { endPods } from '../support/end-pods.ts';
import { whilePaused } from '../support/paused.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { aNewTask, anInfo, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 180_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`a task whose Job there is, that its user cancels on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;

    before(async () => {
      // It is paused now and then, and may lead all the same.
      const settings = { ...defaultLease, NIGHTWATCH_WATCHERS: 'resync=@every 1s' };
      installation = await system.install(flavour, { settings });
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    it('while it runs is Cancelled with its Job and pods gone, is kept as an attempt, and can be run again', async () => {
      const { job_uid } = await rows.submit('runs', 'hang');

      await rows.want('runs', 'Cancel');

      const row = await rows.untilStatus('runs', 'Cancelled');
      assert.deepEqual([row.reason, row.desired, row.job_uid, row.wish], ['Cancelled', 'Run', job_uid, null]);
      assert.notEqual(row.finished_at, null);
      assert.deepEqual(await podsOf('runs'), []);
      assert.equal(await isThere('runs'), false);
      const [kept] = await readAttempts(installation.user, 'attempt_id = ?', [row.attempt_id]);
      assert.deepEqual([kept?.status, kept?.reason, kept?.job_uid], ['Cancelled', 'Cancelled', job_uid]);
      const again = { status: 'Normal', info: anInfo() };
      await installation.user.query('UPDATE task SET ? WHERE id = ?', [again, row.id]);
      const second = await rows.untilStatus('runs', 'Succeeded');
      assert.deepEqual([second.attempt, second.ending], [2, null]);
    });

    it('says so, and is Cancelled only when pods that stop slowly have stopped', async () => {
      await rows.submit('stops-slowly', 'hang; stop 5s');

      await rows.want('stops-slowly', 'Cancel');

      const ending = await until('it is being ended', async () => {
        const row = await rows.read('stops-slowly');
        assert.equal(row.ending, 'Cancelled');
        return row;
      });
      assert.deepEqual([ending.status, ending.desired, ending.finished_at], ['Running', 'Run', null]);
      assert.match(ending.message ?? '', /is being cancelled/);
      await until('its Job is being deleted', async () => {
        assert.ok((await jobs()).some(({ name, isBeingDeleted }) => name === 'stops-slowly' && isBeingDeleted));
      });
      assert.equal((await podsOf('stops-slowly')).length, 1);
      await rows.untilStatus('stops-slowly', 'Cancelled');
      assert.deepEqual(await podsOf('stops-slowly'), []);
    });

    it('is Cancelled only when whoever keeps its Job with a finalizer lets it go', async () => {
      await rows.submit('kept', 'hang');
      await patchJob('kept', { metadata: { finalizers: ['nightwatch.test/kept'] } });
      await rows.want('kept', 'Cancel');
      await until('its pods are gone', async () => assert.deepEqual(await podsOf('kept'), []));
      await rows.submit('beside-it', 'hang');
      await rows.want('beside-it', 'Cancel');

      await rows.untilStatus('beside-it', 'Cancelled');
      assert.equal((await rows.read('kept')).finished_at, null);
      await patchJob('kept', { metadata: { finalizers: null } });

      await rows.untilStatus('kept', 'Cancelled');
    });

    it('whose pods fail as they are stopped is Cancelled, not Failed', async () => {
      await rows.submit('fails-when-stopped', 'hang');
      await patchJob('fails-when-stopped', { metadata: { finalizers: ['nightwatch.test/kept'] } });
      await rows.want('fails-when-stopped', 'Cancel');
      await until('its Job is being deleted', async () => {
        assert.ok((await jobs()).some(({ name, isBeingDeleted }) => name === 'fails-when-stopped' && isBeingDeleted));
      });
      const conditions = [failedCondition('FailureTarget'), failedCondition('Failed')];
      const status = { conditions, failed: 1, active: 0, ready: 0 };
      await patchJob('fails-when-stopped', { status }, 'status');
      await patchJob('fails-when-stopped', { metadata: { finalizers: null } });

      await rows.untilStatus('fails-when-stopped', 'Cancelled');
    });

    it('whose Job is Complete when the cancel arrives has Succeeded, and cannot be cancelled any more', async () => {
      const { nightwatch, user, namespace } = installation;
      const { id } = await rows.submit('completes', 'hang');

      await whilePaused(nightwatch.process, async () => {
        await endPods(system.cluster, { namespace, name: 'completes' });
        await system.cluster.kubectl(['wait', '--for=condition=Complete', '-n', namespace, 'job/completes']);
        await rows.want('completes', 'Cancel');
      });

      const row = await until('it has ended and is answered', async () => {
        const [seen] = await readTasks(user, "id = ? AND finished_at IS NOT NULL AND desired = 'Run'", [id]);
        return seen ?? assert.fail('not yet');
      });
      assert.equal(row.status, 'Succeeded');
      assert.ok(await isThere('completes'));
    });

    it('is left alone when the user takes it back before it is read', async () => {
      const { nightwatch } = installation;
      const { job_uid } = await rows.submit('taken-back', 'hang');

      await whilePaused(nightwatch.process, async () => {
        await rows.want('taken-back', 'Cancel');
        await rows.want('taken-back', 'Run');
      });
      await rows.insert({ name: 'later', desired: 'Cancel' });
      await rows.untilStatus('later', 'Cancelled');

      const row = await rows.read('taken-back');
      assert.deepEqual([row.status, row.ending, row.job_uid], ['Running', null, job_uid]);
      assert.ok((await jobs()).some(({ uid, isBeingDeleted }) => uid === job_uid && !isBeingDeleted));
    });

    it('by one statement with 499 others ends with all of them', async () => {
      const { user, namespace } = installation;
      const info = anInfo({ life: 'hang' });
      const tasks = Array.from({ length: 500 }, (_, index) => aNewTask({ namespace, name: `many-${index}`, info }));
      await insertTasks(user, tasks);
      await until('a part of them have Jobs', async () => {
        assert.ok((await readTasks(user, "name LIKE 'many-%' AND job_uid IS NOT NULL")).length > 100);
      });

      await user.query("UPDATE task SET desired = 'Cancel' WHERE name LIKE 'many-%'");

      await until(
        'all are cancelled',
        async () => {
          assert.equal((await readTasks(user, "name LIKE 'many-%' AND status = 'Cancelled'")).length, 500);
        },
        90_000,
      );
      await until('no Job of them is left', async () => {
        assert.deepEqual(
          (await jobs()).filter(({ name }) => name.startsWith('many-')),
          [],
        );
      });
    });

    function jobs() {
      return readJobs(system.cluster, installation.namespace);
    }

    async function isThere(job: string): Promise<boolean> {
      return (await jobs()).some(({ name }) => name === job);
    }

    async function podsOf(job: string): Promise<readonly string[]> {
      const selector = ['-n', installation.namespace, '-l', `job-name=${job}`];
      const names = await system.cluster.kubectl(['get', 'pods', ...selector, '-o', 'name']);
      return names.split('\n').filter((name) => name !== '');
    }

    async function patchJob(job: string, patch: object, subresource?: string): Promise<void> {
      const part = subresource === undefined ? [] : [`--subresource=${subresource}`];
      const where = ['-n', installation.namespace, ...part, '--type=merge'];
      await system.cluster.kubectl(['patch', 'job', job, ...where, '-p', JSON.stringify(patch)]);
    }
  });
}

/** Made after the deletion was asked for, as the Job controller makes it of pods that were stopped. */
function failedCondition(type: 'FailureTarget' | 'Failed'): object {
  const at = new Date(Date.now() + 1_000).toISOString();
  const words = { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  return { type, status: 'True', ...words, lastProbeTime: at, lastTransitionTime: at };
}
