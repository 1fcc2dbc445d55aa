import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import type { Database } from '../../src/store/mysql/database.ts';
import { createTaskStore } from '../../src/store/mysql/task-store.ts';
import type { TaskStore } from '../../src/store/task-store.ts';
import { countTasks } from '../support/count-tasks.ts';
import { flavours, startDatabase } from '../support/database.ts';
import { bulkArguments, migrateWithFinishedRows } from '../support/finished-rows.ts';
import { openByUrl } from '../support/migrate-in-process.ts';
import { ExplainPlugin, rowsReadBy } from '../support/read-cost.ts';
import { startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const runningTasks = 100;
const observedMs = 15_000;
const mostRequests = 5;

describe('a leader with tasks that run', { timeout: 240_000 }, () => {
  it('asks the API server nothing about any of them', async () => {
    await using system = await startSystem();
    await using installation = await system.install('mariadb');
    const { user, namespace, nightwatch } = installation;
    const info = anInfo({ life: 'hang' });
    const names = Array.from({ length: runningTasks }, (_, index) => `runs-${index}`);
    await insertTasks(
      user,
      names.map((name) => aNewTask({ namespace, name, info })),
    );
    const countRunning = () => countTasks(user, "status = 'Running'");
    await until('all tasks run', async () => assert.equal(await countRunning(), runningTasks), 30_000);

    const fromMs = Date.now();
    await sleep(observedMs);

    const requests = (await system.cluster.auditedJobRequests()).filter(
      (request) => request.user.endsWith(':nightwatch') && Date.parse(request.receivedAt) > fromMs,
    );
    assert.ok(requests.length <= mostRequests, JSON.stringify(requests));
    assert.deepEqual(
      requests.filter(({ name }) => name !== undefined),
      [],
    );
    assert.equal(await countRunning(), runningTasks);
    assert.match((await nightwatch.readyz()).text, /leads, epoch 1/);
  });
});

const attempt = "attempt = 1, row_key = UUID(), attempt_id = UUID(), job_namespace = 'demo', job_name = name";

/** What an idle leader asks the database, the index that answers it, and what a row has that it finds. */
const polls = [
  {
    name: 'listNormal',
    index: 'nightwatch_normal',
    ask: async (store: TaskStore) => (await store.listNormal(500, undefined)).rows.length,
    found: "status = 'Normal'",
  },
  {
    name: 'listDue',
    index: 'nightwatch_waiting',
    ask: async (store: TaskStore) => (await store.listDue(500)).length,
    found: `${attempt}, next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`,
  },
  {
    name: 'hasWishes',
    index: 'nightwatch_wish',
    ask: async (store: TaskStore) => Number(await store.hasWishes()),
    found: "desired = 'Cancel'",
    most: 1,
  },
  {
    name: 'listWishes',
    index: 'nightwatch_wish',
    ask: async (store: TaskStore) => (await store.listWishes('Cancel', 500)).length,
    found: "desired = 'Cancel'",
  },
  {
    name: 'listOpen',
    index: 'nightwatch_open',
    ask: async (store: TaskStore) => (await store.listOpen(1_000, undefined)).attempts.length,
    found: attempt,
  },
] as const;
const foundRows = 5;

for (const flavour of flavours) {
  describe(`a poll of a million finished tasks on ${flavour}`, { timeout: 240_000 }, () => {
    const resources = new AsyncDisposableStack();
    let user: Connection;
    let database: Database;

    before(async () => {
      const server = resources.use(await startDatabase(flavour, { extraArguments: bulkArguments[flavour] }));
      const { adminUrl, serviceUrl, connect } = resources.use(await server.createDatabase());
      user = resources.use(await connect());
      await migrateWithFinishedRows(adminUrl, user);
      assert.equal(await countTasks(user, "status = 'Succeeded' AND finished_at IS NOT NULL"), 1_000_000);
      // The counters are a connection's own.
      database = resources.adopt(openByUrl(serviceUrl, 1), (opened) => opened.destroy());
    });

    after(() => resources.disposeAsync());

    for (const { name, index, ask, found, ...poll } of polls) {
      const most = 'most' in poll ? poll.most : foundRows;
      it(`reads what ${name} returns and hardly more, by ${index}`, async () => {
        const store = createTaskStore(database);
        await ask(store);
        for (const expected of [0, foundRows]) {
          for (let row = 0; row < expected; row += 1) await insertFound(user, `found-${row}`, found);
          let returned = 0;
          const read = await rowsReadBy(database, async () => {
            returned = await ask(store);
          });
          assert.equal(returned, Math.min(expected, most));
          assert.ok(read >= returned && read <= returned + 2, `${read} rows were read for ${returned}`);
          await assertPlanned(database, ask, index);
        }
        await user.query("DELETE FROM task WHERE status IN ('', 'Normal')");
      });
    }

    it('reads hardly more when the database waits for a row, however often it looks', async () => {
      const store = createTaskStore(database);
      const wait = { firstMs: 5, everyMs: 10, looks: 25 };
      await store.listNormal(500, undefined, wait);
      const read = await rowsReadBy(database, async () => {
        const { rows } = await store.listNormal(500, undefined, wait);
        assert.equal(rows.length, 0);
      });
      // A look reads its tick, where the database keeps a list of them, and the place in the index.
      assert.ok(read <= 3 * wait.looks + 3, `${read} rows were read`);
    });
  });
}

async function insertFound(user: Connection, name: string, assignments: string): Promise<void> {
  await user.query(`INSERT INTO task SET name = ?, namespace = 'demo', info = '{}', ${assignments}`, [name]);
}

/** The database itself says that it means to read the index, in its order. */
async function assertPlanned(
  database: Database,
  ask: (store: TaskStore) => Promise<unknown>,
  index: string,
): Promise<void> {
  const explain = new ExplainPlugin();
  await ask(createTaskStore(database.withPlugin(explain)));
  // A pause before it is a table of one row, which has none.
  const keys = explain.plan.flatMap(({ key }) => key ?? []);
  assert.deepEqual(keys, [index]);
  for (const { Extra } of explain.plan) assert.doesNotMatch(Extra ?? '', /filesort|temporary/);
}
