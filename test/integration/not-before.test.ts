import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { flavours } from '../support/database.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { type SubmittedRows, submittedRows } from '../support/submitted-rows.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const never = '2100-01-01 00:00:00';
const many = 10_000;
/** How soon a row has its Job that nothing holds up. */
const promptMs = 2_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`a task that is not to start before its time on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;
    let rows: SubmittedRows;

    before(async () => {
      installation = await system.install(flavour);
      rows = submittedRows(installation.user, installation.namespace);
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    it('says so while it waits, and starts when its time has come', async () => {
      await insertLater('in-time', 1_500);
      const delayed = await rows.untilStatus('in-time', 'Pending', 'Delayed');
      assert.deepEqual([delayed.attempt, delayed.job_uid], [0, null]);
      assert.match(delayed.message ?? '', /not_before/);

      const row = await rows.untilStatus('in-time', 'Succeeded');

      assert.ok((row.claimed_at ?? '') >= (row.not_before ?? 'z'), JSON.stringify(row));
    });

    for (const [what, change] of [
      ['earlier', 'not_before = UTC_TIMESTAMP(3)'],
      ['to the past', "not_before = '2000-01-01'"],
      ['away', 'not_before = NULL'],
    ] as const) {
      it(`starts at once when that is moved ${what}`, async () => {
        const name = `moved-${what.replaceAll(' ', '-')}`;
        await rows.insert({ name, not_before: never });
        await rows.untilStatus(name, 'Pending', 'Delayed');

        await installation.user.query(`UPDATE task SET ${change} WHERE name = ?`, [name]);

        await until('it has its Job', async () => assert.notEqual((await rows.read(name)).job_uid, null), promptMs);
      });
    }

    it('waits on when that is moved later', async () => {
      await insertLater('moved-later', 1_000);
      await rows.untilStatus('moved-later', 'Pending', 'Delayed');
      await installation.user.query('UPDATE task SET not_before = ? WHERE name = ?', [never, 'moved-later']);
      await insertLater('in-its-place', 1_200);

      await rows.untilStatus('in-its-place', 'Succeeded');

      assert.equal((await rows.read('moved-later')).attempt, 0);
    });

    it('has no say in an attempt that has begun', async () => {
      await rows.submit('begun', 'start 500ms; succeed after 500ms', 'Pending');
      await installation.user.query('UPDATE task SET not_before = ? WHERE name = ?', [never, 'begun']);

      await rows.untilStatus('begun', 'Succeeded');
    });

    it(`delays no other task, when there are ${many} of them`, async () => {
      const { user, namespace } = installation;
      const tasks = Array.from({ length: many }, (_, index) =>
        aNewTask({ namespace, name: `later-${index}`, not_before: never, priority: 9 }),
      );
      for (let first = 0; first < many; first += 2_500) await insertTasks(user, tasks.slice(first, first + 2_500));
      await rows.insert({ name: 'beside-them-at-once' });
      await until('all of them wait', async () => {
        assert.equal((await readTasks(user, "reason = 'Delayed' AND name LIKE 'later-%'")).length, many);
      });

      await rows.insert({ name: 'beside-them' });

      for (const name of ['beside-them', 'beside-them-at-once']) {
        await until('it has its Job', async () => assert.notEqual((await rows.read(name)).job_uid, null), promptMs);
      }
      const read = await rowsReadByAPoll();
      assert.ok(read < 100, `${read} rows were read`);
    });

    /** A row whose time comes so long from now, by the clock of the database. */
    async function insertLater(name: string, inMs: number): Promise<void> {
      const info = aNewTask({ namespace: '' }).info;
      await installation.user.query(
        `INSERT INTO task (name, namespace, info, status, not_before)
         VALUES (?, ?, ?, 'Normal', UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND)`,
        [name, installation.namespace, info, inMs * 1_000],
      );
    }

    /** What the two questions cost that dispatch asks all the time. */
    async function rowsReadByAPoll(): Promise<number> {
      const { user } = installation;
      // Asking for the count reads rows, too.
      const ofAsking = -(await rowsRead()) + (await rowsRead());
      const before = await rowsRead();
      for (const [index, where, order] of [
        ['nightwatch_normal', "status = 'Normal'", 'priority DESC, id'],
        ['nightwatch_waiting', 'due_at <= UTC_TIMESTAMP(3)', 'due_at, id'],
      ]) {
        await user.query(`SELECT id FROM task FORCE INDEX (${index}) WHERE ${where} ORDER BY ${order} LIMIT 500`);
      }
      return (await rowsRead()) - before - ofAsking;
    }

    async function rowsRead(): Promise<number> {
      const [rows] = await installation.user.query("SHOW SESSION STATUS LIKE 'Handler_read%'");
      return z
        .array(z.object({ Value: z.coerce.number() }))
        .parse(rows)
        .reduce((sum, { Value }) => sum + Value, 0);
    }
  });
}
