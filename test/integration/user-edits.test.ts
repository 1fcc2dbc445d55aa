import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { flavours } from '../support/database.ts';
import { endPods } from '../support/end-pods.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import {
  aNewTask,
  anInfo,
  insertTasks,
  type NewTask,
  readTask,
  readTasks,
  type TaskRow,
} from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 60_000;
const endless = anInfo({ life: 'hang' });
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`what a user writes into a row on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;

    before(async () => {
      const namespaces = [await system.createNamespace(), 'nightwatch-test-missing'];
      const settings = { NIGHTWATCH_WATCHERS: 'resync=@every 1s' };
      installation = await system.install(flavour, { namespaces, settings });
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    it('while its task runs is never overwritten, and changes nothing of what runs', async () => {
      const { user } = installation;
      const { id, job_uid, job_namespace } = await submitAndAwait({ name: 'edited', info: endless }, 'Running');
      const theirs = { name: 'renamed', namespace: 'elsewhere', info: 'garbage', user_id: '42', priority: 7 };

      // The misspelt word shows that a resync has seen the row as it is now.
      await user.query("UPDATE task SET ?, status = 'Runing' WHERE id = ?", [theirs, id]);
      await untilRow(id, (row) => assert.equal(row.reason, 'StatusPutBack'));
      await endPods(system.cluster, { namespace: installation.namespace, name: 'edited' });

      const ended = await untilRow(id, (row) => assert.equal(row.status, 'Succeeded'));
      const { name, namespace, info, user_id, priority } = ended;
      assert.deepEqual({ name, namespace, info, user_id, priority }, theirs);
      assert.deepEqual(
        [ended.attempt, ended.job_name, ended.job_namespace, ended.job_uid],
        [1, 'edited', job_namespace, job_uid],
      );
    });

    it('as the status of a running task is put back with a word of it, and the attempt goes on to its end', async () => {
      const { user, namespace } = installation;
      const words = ['Normal', 'Failed', 'Succeeded', 'Runing', 'running', ''];
      const tasks = words.map((_, index) => aNewTask({ namespace, name: `word-${index}`, info: endless }));
      await insertTasks(user, tasks);
      const running = await until('all run', async () => {
        const rows = await readTasks(user, "name LIKE 'word-%'");
        assert.ok(rows.length === words.length && rows.every(({ status }) => status === 'Running'));
        return rows;
      });

      for (const [index, { id }] of running.entries()) {
        await user.query('UPDATE task SET status = ? WHERE id = ?', [words[index], id]);
      }

      for (const [index, { id }] of running.entries()) {
        const row = await untilRow(id, (seen) => assert.equal(seen.reason, 'StatusPutBack'));
        assert.equal(row.status, 'Running');
        assert.match(row.message ?? '', new RegExp(`'${words[index]}'`));
      }
      await endPods(system.cluster, { namespace, name: 'word-0' });
      const row = await until('the first has succeeded', async () => {
        const seen = await readTask(user, 'word-0');
        assert.equal(seen.status, 'Succeeded');
        return seen;
      });
      assert.deepEqual([row.attempt, row.job_uid, row.reason], [1, running[0]?.job_uid, null]);
    });

    it('as the status of a task that waits for its Job is put back too', async () => {
      const { user } = installation;
      const task = { name: 'waits', namespace: 'nightwatch-test-missing' };
      const { id, attempt_id } = await submitAndAwait(task, 'Pending', 'Forbidden');

      await user.query("UPDATE task SET status = 'Normal' WHERE id = ?", [id]);

      const row = await untilRow(id, (seen) => assert.equal(seen.status, 'Pending'));
      assert.deepEqual([row.attempt, row.attempt_id, row.finished_at], [1, attempt_id, null]);
    });

    it("as 'Normal' after the end runs the task again, as it is written then", async () => {
      const { user } = installation;
      const first = await submitAndAwait({ name: 'twice', info: anInfo({ life: 'exit 1' }) }, 'Failed');

      await user.query("UPDATE task SET status = 'Normal', info = ? WHERE id = ?", [anInfo(), first.id]);

      const second = await untilRow(first.id, (row) => assert.equal(row.status, 'Succeeded'));
      assert.deepEqual([second.attempt, second.reason, second.message], [2, null, null]);
      assert.equal(second.job_name, `twice-${Number(first.id).toString(36)}-r2`);
      assert.equal(second.row_key, first.row_key);
      assert.notEqual(second.job_uid, first.job_uid);
      assert.ok(await system.cluster.kubectl(['get', 'job', 'twice', '-n', installation.namespace]));
    });

    it('after the end, and is not a submission, stays', async () => {
      const { user } = installation;
      const { id } = await submitAndAwait({ name: 'noted' }, 'Succeeded');

      await user.query("UPDATE task SET status = 'checked by me' WHERE id = ?", [id]);
      await submitAndAwait({ name: 'after-it', info: endless }, 'Running');
      await user.query("UPDATE task SET status = 'nonsense' WHERE name = 'after-it'");
      // A resync has gone over all rows since.
      await until('the other one is put back', async () => {
        assert.equal((await readTask(user, 'after-it')).reason, 'StatusPutBack');
      });

      assert.equal((await readTask(user, 'noted')).status, 'checked by me');
    });

    async function submitAndAwait(task: Partial<NewTask>, status: string, reason?: string): Promise<TaskRow> {
      const { user, namespace } = installation;
      const submitted = aNewTask({ namespace, ...task });
      await insertTasks(user, [submitted]);
      return until(`'${submitted.name}' is ${status}`, async () => {
        const row = await readTask(user, submitted.name);
        assert.equal(row.status, status);
        if (reason !== undefined) assert.equal(row.reason, reason);
        return row;
      });
    }

    /** Waits until a row is as expected and returns it. */
    async function untilRow(id: string, expect: (row: TaskRow) => void): Promise<TaskRow> {
      return until(`row ${id} is as expected`, async () => {
        const [row] = await readTasks(installation.user, 'id = ?', [id]);
        assert.ok(row);
        expect(row);
        return row;
      });
    }
  });
}
