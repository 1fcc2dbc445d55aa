import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { laterName } from '../../src/task/later-name.ts';
import { readAttempts } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { endPods } from '../support/end-pods.ts';
import { type FakeKubelet, startFakeKubelet } from '../support/fake-kubelet.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { submittedRows } from '../support/submitted-rows.ts';
import { untilBatch } from '../support/task-batch.ts';
import { assertNoStaleWrite, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { aNewTask, anInfo, insertTasks, type NewTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { fates, namesOf } from './users-day/fates.ts';

const settings = { NIGHTWATCH_WATCHERS: 'clean-up=@every 200ms;resync=@every 1s', NIGHTWATCH_CREATE_LEASE: '2s' };
let system: RunningSystem;
let kubelet: FakeKubelet;

before(async () => {
  system = await startSystem();
  kubelet = await startFakeKubelet(system.cluster);
});

after(async () => {
  await kubelet[Symbol.asyncDispose]();
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`a user's day on ${flavour}`, { timeout: 240_000 }, () => {
    const resources = new AsyncDisposableStack();
    let installation: Installation;

    before(async () => {
      installation = resources.use(await system.prepare(flavour));
      await keepTaskJournal(installation.user);
    });

    after(() => resources.disposeAsync());

    it('ends as it was meant to for each of fifty tasks, whatever happens to the cluster meanwhile', async () => {
      const { user, namespace } = installation;
      const leader = await installation.start({ settings });
      await installation.start({ settings, until: 'up' });

      await submitAll();
      await changeMinds();
      // The cluster changes under them: its API server is gone for a moment, somebody removes Jobs, the leader dies.
      await system.cluster.controlPlane.apiServer.restart();
      await Promise.all(namesOf({ prefix: 'removed', count: 3 }).map(removeJob));
      await letGoOn();
      leader.process.kill('SIGKILL');
      await endTheRest();

      await untilEachHasEnded();
      await assertKept();
      assertNoStaleWrite(await readTaskJournal(user));
      await user.query('UPDATE task_attempt SET clean_up_at = finished_at WHERE clean_up_at IS NOT NULL');
      await until('nothing of them is left in the cluster', async () => {
        assert.deepEqual(await readJobs(system.cluster, namespace), []);
        assert.equal(await system.cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'name']), '');
        assert.deepEqual(await readAttempts(user, 'clean_up_at IS NOT NULL OR log_due_at IS NOT NULL'), []);
      });
      await untilEachHasEnded();
    });

    async function submitAll(): Promise<void> {
      const { user, namespace } = installation;
      let id = 0;
      for (const { info, columns, hasLog, ...fate } of fates) {
        const tasks = namesOf(fate).map((name) => {
          id += 1;
          return aNewTask({ namespace, id, name, info: anInfo(info), ...columns });
        });
        if (hasLog) tasks.forEach(setLogs);
        await insertTasks(user, tasks);
      }
      assert.equal(id, 50);
    }

    function setLogs({ id, name }: NewTask): void {
      kubelet.setLog(name, `${name} says so`);
      kubelet.setLog(laterName(name, String(id), 2), `${name} says so again`);
    }

    async function changeMinds(): Promise<void> {
      const { user } = installation;
      for (const prefix of ['unwanted', 'held', 'removed']) await untilBatch(user, { prefix, status: 'Running' });
      await untilBatch(user, { prefix: 'never-begun', status: 'Suspended' });
      await user.query("UPDATE task SET desired = 'Cancel' WHERE name LIKE 'unwanted-%' OR name LIKE 'never-begun-%'");
      await user.query("UPDATE task SET desired = 'Suspend' WHERE name LIKE 'held-%'");
      await untilBatch(user, { prefix: 'held', status: 'Suspended' });
    }

    async function removeJob(name: string): Promise<void> {
      await system.cluster.kubectl(['delete', 'job', name, '-n', installation.namespace, '--wait=false']);
    }

    async function letGoOn(): Promise<void> {
      const { user } = installation;
      await user.query("UPDATE task SET desired = 'Run' WHERE name LIKE 'held-%'");
      await user.query("UPDATE task SET not_before = UTC_TIMESTAMP(3) WHERE name LIKE 'later-%'");
      await untilBatch(user, { prefix: 'once-more', status: 'Failed' });
      await user.query("UPDATE task SET status = 'Normal' WHERE name LIKE 'once-more-%'");
    }

    async function endTheRest(): Promise<void> {
      const { user, namespace } = installation;
      await untilBatch(user, { prefix: 'held', status: 'Running' });
      for (const name of namesOf({ prefix: 'held', count: 4 })) await endPods(system.cluster, { namespace, name });
    }

    async function untilEachHasEnded(): Promise<void> {
      const { user, namespace } = installation;
      const rows = submittedRows(user, namespace);
      for (const { prefix, count, end, kept } of fates) {
        for (const name of namesOf({ prefix, count })) {
          const row = await rows.untilStatus(name, end.status, end.reason ?? undefined, 60_000);
          assert.deepEqual([row.reason, row.exit_code], [end.reason, end.exitCode], JSON.stringify(row));
          assert.deepEqual([row.attempt, row.desired, row.wish, row.due_at], [kept.length, 'Run', null, null], name);
        }
      }
    }

    async function assertKept(): Promise<void> {
      const { user } = installation;
      await until('no log is still to be read', async () =>
        assert.deepEqual(await readAttempts(user, 'log_due_at IS NOT NULL'), []),
      );
      const attempts = Map.groupBy(await readAttempts(user), ({ task_id }) => task_id);
      for (const { prefix, kept, hasLog } of fates) {
        for (const { id, name } of await readTasks(user, 'name LIKE ?', [`${prefix}-%`])) {
          const own = attempts.get(id) ?? [];
          assert.deepEqual(
            own.map(({ status, exit_code }) => [status, exit_code]),
            kept,
            name,
          );
          const says = kept.length > 1 ? `${name} says so again` : `${name} says so`;
          assert.equal(own.at(-1)?.log ?? null, hasLog ? says : null, name);
        }
      }
    }
  });
}
