import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { flavours } from '../support/database.ts';
import { defaultLease } from '../support/default-lease.ts';
import { whilePaused } from '../support/paused.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, type NewTask, readTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 60_000;
/** How soon rows have their Jobs that nobody holds. */
const promptMs = 2_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`rows that a transaction of their user holds on ${flavour}`, { timeout }, () => {
    let installation: RunningInstallation;

    before(async () => {
      installation = await system.install(flavour, { settings: defaultLease });
    });

    after(async () => {
      await installation[Symbol.asyncDispose]();
    });

    for (const count of [1, 500]) {
      it(`delay none of the others when they are the lowest ${count} that wait, and follow when it ends`, async () => {
        const { user, namespace, nightwatch } = installation;
        await using transactions = new AsyncDisposableStack();
        const reader = await connectIn(transactions);
        const editor = await connectIn(transactions);
        const held = aHeldPage(namespace, count);
        const others = Array.from({ length: 5 }, (_, index) => aNewTask({ namespace, name: `free-${count}-${index}` }));
        await whilePaused(nightwatch.process, async () => {
          await insertTasks(user, held);
          await insertTasks(user, others);
          // By id and without gaps: otherwise they would hold more than these rows.
          const [first, ...rest] = (await readTasks(user, 'name IN (?)', [held.map(nameOf)])).map(({ id }) => id);
          await editor.beginTransaction();
          await editor.query('UPDATE task SET info = ? WHERE id = ?', [anInfo({ args: ['edited'] }), first]);
          await reader.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
          await reader.beginTransaction();
          const range = [rest[0] ?? null, rest.at(-1) ?? null];
          await reader.query('SELECT id FROM task WHERE id BETWEEN ? AND ? FOR UPDATE', range);
        });

        await until(
          'all others have Jobs',
          async () => {
            const rows = await readTasks(user, 'name IN (?)', [others.map(nameOf)]);
            assert.ok(
              rows.every((row) => row.job_uid !== null),
              JSON.stringify(rows.map((row) => row.status)),
            );
          },
          promptMs,
        );
        await insertTasks(user, [aNewTask({ namespace, name: `later-${count}` })]);
        await until(
          'a row that came later has a Job',
          async () => assert.ok((await readTask(user, `later-${count}`)).job_uid),
          promptMs,
        );
        assert.equal((await readTasks(user, 'name IN (?) AND attempt > 0', [held.map(nameOf)])).length, 0);
        await reader.rollback();
        await editor.commit();

        await until('the held rows have ended', async () => {
          const rows = await readTasks(user, 'name IN (?) AND finished_at IS NULL', [held.map(nameOf)]);
          assert.equal(rows.length, 0);
        });
        const edited = await readTask(user, held[0]?.name ?? '');
        assert.equal(edited.status, 'Succeeded');
        assert.deepEqual(await argumentsOf(edited.job_name ?? '', namespace), ['edited']);
      });
    }

    it('do not keep what became of the other rows from being written, and get their own when it ends', async () => {
      const { user, namespace } = installation;
      await using transactions = new AsyncDisposableStack();
      const holder = await connectIn(transactions);
      const info = anInfo({ life: 'succeed after 300ms' });
      const tasks = ['held-while-it-runs', 'beside-it'].map((name) => aNewTask({ namespace, name, info }));
      await insertTasks(user, tasks);
      await until('both have Jobs', async () => {
        const rows = await readTasks(user, 'name IN (?)', [tasks.map(nameOf)]);
        assert.ok(rows.every((row) => row.job_uid !== null));
      });
      await holder.beginTransaction();
      const { id } = await readTask(user, 'held-while-it-runs');
      await holder.query('SELECT id FROM task WHERE id = ? FOR UPDATE', [id]);

      await until('the other one has succeeded', async () => {
        assert.equal((await readTask(user, 'beside-it')).status, 'Succeeded');
      });
      assert.equal((await readTask(user, 'held-while-it-runs')).finished_at, null);
      await holder.rollback();

      await until('the held one has succeeded', async () => {
        assert.equal((await readTask(user, 'held-while-it-runs')).status, 'Succeeded');
      });
    });

    it('go on by themselves when a change of the table has waited behind such a transaction, and others behind it', async () => {
      const { user, namespace, nightwatch } = installation;
      await using transactions = new AsyncDisposableStack();
      const reader = await connectIn(transactions);
      const owner = await installation.connect();
      const info = anInfo({ life: 'succeed after 1s' });
      await insertTasks(user, [aNewTask({ namespace, name: 'before-the-change', info })]);
      await until('it has a Job', async () => assert.ok((await readTask(user, 'before-the-change')).job_uid));
      await reader.beginTransaction();
      await reader.query('SELECT COUNT(*) FROM task');

      const altering = owner.query("ALTER TABLE task ADD COLUMN note VARCHAR(10) NOT NULL DEFAULT 'mine' FIRST");
      await until('a statement has waited for too long', async () => {
        assert.match(await nightwatch.log(), /Lock wait timeout exceeded/);
      });
      await reader.rollback();
      await altering;

      await insertTasks(user, [aNewTask({ namespace, name: 'after-the-change' })]);
      await until('both have succeeded', async () => {
        const rows = await readTasks(user, "name LIKE '%-the-change'");
        assert.deepEqual(
          rows.map(({ status }) => status),
          ['Succeeded', 'Succeeded'],
        );
      });
    });

    /** A connection whose transaction ends with its owner: what a failed test held must not delay the next one. */
    async function connectIn(owner: AsyncDisposableStack): Promise<Connection> {
      return owner.adopt(await installation.connect(), (connection) => connection.rollback());
    }
  });
}

/** Of these rows the first becomes a Job; the others are refused without one, which is all that a claim needs to show. */
function aHeldPage(namespace: string, count: number): readonly NewTask[] {
  return Array.from({ length: count }, (_, index) =>
    aNewTask({ namespace: index === 0 ? namespace : 'not-allowed', name: `held-${count}-${index}` }),
  );
}

function nameOf({ name }: NewTask): string {
  return name;
}

async function argumentsOf(job: string, namespace: string): Promise<unknown> {
  const path = 'jsonpath={.spec.template.spec.containers[0].args}';
  return JSON.parse(await system.cluster.kubectl(['get', 'job', job, '-n', namespace, '-o', path]));
}
