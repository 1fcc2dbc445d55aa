import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createTaskStore } from '../../src/store/mysql/task-store.ts';
import type { TaskStore } from '../../src/store/task-store.ts';
import { readAttempts } from '../support/attempt-rows.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { openByUrl } from '../support/migrate-in-process.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { epoch } from '../support/store-under-test.ts';
import { submittedRows } from '../support/submitted-rows.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const daySeconds = 86_400;
const never = { keptSeconds: undefined, keptRows: undefined };
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(() => system[Symbol.asyncDispose]());

for (const flavour of flavours) {
  describe(`rows that ended long ago, on ${flavour}`, { timeout }, () => {
    const resources = new AsyncDisposableStack();
    let installation: Installation;
    let store: TaskStore;

    before(async () => {
      installation = resources.use(await system.prepare(flavour));
      // The right to delete is not the service's by itself.
      const database = openByUrl(installation.database.adminUrl, 2);
      resources.adopt(database, (opened) => opened.destroy());
      store = createTaskStore(database);
    });

    beforeEach(async () => {
      for (const table of ['task', 'task_attempt']) await installation.user.query(`DELETE FROM ${table}`);
      await installation.user.query('UPDATE leader SET epoch = ?', [epoch]);
    });

    after(() => resources.disposeAsync());

    it('are all kept without a limit', async () => {
      await give('old', 10);
      assert.equal(await store.findHistoryEnd(never), undefined);
    });

    it('go with what is kept of their attempts, and the others stay', async () => {
      await give('old', 3, 2);
      await give('young', 1, 2);
      await give('of-another-row', 3);
      await installation.user.query("UPDATE task_attempt SET row_key = 'another' WHERE job_name = 'of-another-row'");

      await deleteBy({ keptSeconds: 2 * daySeconds });

      assert.deepEqual(await names(), ['young']);
      const kept = (await readAttempts(installation.user)).map(({ job_name }) => job_name);
      assert.deepEqual(kept.toSorted(), ['of-another-row', 'young', 'young']);
    });

    it('go when there are more of them than are kept, those that ended first', async () => {
      for (const [name, days] of [
        ['second', 2],
        ['fourth', 4],
        ['first', 1],
        ['third', 3],
      ] as const)
        await give(name, days);
      await deleteBy({ keptRows: 2 });
      assert.deepEqual(await names(), ['first', 'second']);
      await deleteBy({ keptRows: 5 });
      assert.deepEqual(await names(), ['first', 'second']);
      await deleteBy({ keptRows: 0 });
      assert.deepEqual(await names(), []);
    });

    for (const [what, change] of [
      ['is open', 'UPDATE task SET finished_at = NULL'],
      ['was submitted again', "UPDATE task SET status = 'Normal'"],
      ['waits for its next attempt', "UPDATE task SET status = 'Pending', next_check_at = UTC_TIMESTAMP(3)"],
      ['has a word of its user', "UPDATE task SET status = 'Archived'"],
      ['has a Job that is still to be deleted', 'UPDATE task_attempt SET clean_up_at = finished_at LIMIT 1'],
      ['has a log that is still to be read', 'UPDATE task_attempt SET log_due_at = finished_at LIMIT 1'],
    ] as const) {
      it(`stay when one of them ${what}`, async () => {
        await give('stays', 10, 2);
        await installation.user.query(change);
        await deleteBy({ keptSeconds: daySeconds, keptRows: 0 });
        assert.deepEqual([await names(), (await readAttempts(installation.user)).length], [['stays'], 2]);
      });
    }

    it('stay when they have changed since they were listed', async () => {
      await give('changes', 10);
      const [row] = await store.listHistory((await store.findHistoryEnd({ ...never, keptRows: 0 })) ?? '', 10);
      assert.ok(row);
      await installation.user.query('UPDATE task SET finished_at = UTC_TIMESTAMP(3)');
      assert.equal(await store.deleteHistory(epoch, [row]), 'written');
      assert.deepEqual(await names(), ['changes']);
    });

    it('are not deleted by a former leader', async () => {
      await give('fenced', 10);
      await installation.user.query('UPDATE leader SET epoch = epoch + 1');
      const rows = await store.listHistory((await store.findHistoryEnd({ ...never, keptRows: 0 })) ?? '', 10);
      assert.equal(await store.deleteHistory(epoch, rows), 'fenced');
      assert.deepEqual([await names(), (await readAttempts(installation.user)).length], [['fenced'], 1]);
    });

    it('that somebody holds are passed over at once', async () => {
      await give('held', 10);
      await give('free', 10);
      const somebody = await installation.connect();
      await somebody.beginTransaction();
      await somebody.query("SELECT id FROM task WHERE name = 'held' FOR UPDATE");
      const beganAtMs = performance.now();
      await deleteBy({ keptRows: 0 });
      assert.ok(performance.now() - beganAtMs < 900);
      await somebody.rollback();
      assert.deepEqual([await names(), (await readAttempts(installation.user)).length], [['held'], 1]);
    });

    /** Inserts a row that ended so many days ago, with so many attempts. */
    async function give(name: string, days: number, attempts = 1): Promise<void> {
      const { user, namespace } = installation;
      await insertTasks(user, [aNewTask({ name, namespace, status: 'Succeeded' })]);
      const finished = `finished_at = UTC_TIMESTAMP(3) - INTERVAL ${days} DAY`;
      await user.query(
        `UPDATE task SET attempt = ?, attempt_id = UUID(), row_key = UUID(), ${finished} WHERE name = ?`,
        [attempts, name],
      );
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        await user.query(
          `INSERT INTO task_attempt (attempt_id, task_id, row_key, attempt, job_name, status, finished_at)
           SELECT UUID(), id, row_key, ?, name, 'Succeeded', finished_at FROM task WHERE name = ?`,
          [attempt, name],
        );
      }
    }

    async function deleteBy(limits: { keptSeconds?: number; keptRows?: number }): Promise<void> {
      const end = await store.findHistoryEnd({ ...never, ...limits });
      if (end === undefined) return;
      await store.deleteHistory(epoch, await store.listHistory(end, 100));
    }

    async function names(): Promise<readonly string[]> {
      return (await readTasks(installation.user)).map(({ name }) => name).toSorted();
    }
  });

  describe(`a leader with a limit of rows, on ${flavour}`, { timeout }, () => {
    it('deletes those that ended first, once their Jobs are gone', async () => {
      await using installation = await startWithLimit(flavour);
      const { user } = installation;
      const rows = submittedRows(user, installation.namespace);
      await rows.submit('runs', 'hang');
      for (const name of ['one', 'two', 'three']) await rows.submit(name, 'succeed', 'Succeeded');

      await user.query('UPDATE task_attempt SET log_due_at = NULL, clean_up_at = finished_at');

      await until('the newest is left, and what runs', async () => {
        assert.deepEqual((await readTasks(user)).map(({ name }) => name).toSorted(), ['runs', 'three']);
      });
      assert.equal((await readAttempts(user)).length, 1);
    });
  });
}

async function startWithLimit(flavour: Flavour): Promise<Installation> {
  const installation = await system.prepare(flavour);
  const settings = {
    NIGHTWATCH_KEEP_ENDED_ROWS: '1',
    NIGHTWATCH_KEEP_LOG: '0',
    NIGHTWATCH_WATCHERS: 'clean-up=@every 200ms;history=@every 200ms',
  };
  await installation.start({ settings, databaseUrl: installation.database.adminUrl });
  return installation;
}
