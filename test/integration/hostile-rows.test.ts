import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { countTasks } from '../support/count-tasks.ts';
import { flavours } from '../support/database.ts';
import { defaultLease } from '../support/default-lease.ts';
import type { NightwatchProcess } from '../support/nightwatch-process.ts';
import { readLog } from '../support/replica-log.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { aNewTask, insertTasks, readTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { type HostileTask, hostileTasks, tamperedTasks } from './hostile-rows/hostile-tasks.ts';

const timeout = 120_000;
const hostileCount = 1_000;
/** How soon a healthy row has its Job that comes with all the hostile ones, many of which go first. */
const amongThemMs = 20_000;
/** How soon one has its Job that comes while they are being refused, or after. */
const promptMs = 5_000;
const mostMegabytes = 400;
const nightwatchUser = 'system:serviceaccount:nightwatch-system:nightwatch';
/** Of all installations of this file. */
const ownNamespaces = new Set<string>();
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`${hostileCount} hostile rows at once on ${flavour}`, { timeout }, () => {
    const resources = new AsyncDisposableStack();
    let installation: Installation;
    let nightwatch: NightwatchProcess;

    before(async () => {
      installation = resources.use(await system.prepare(flavour));
      ownNamespaces.add(installation.namespace);
      nightwatch = await installation.start({ settings: defaultLease });
    });

    after(() => resources.disposeAsync());

    it('are all refused with a reason, while healthy rows have their Jobs in time', async (t) => {
      const { user, namespace } = installation;
      const hostile = hostileTasks(hostileCount, namespace, seededRandom((line) => t.diagnostic(line)).seed);
      const among = Array.from({ length: 20 }, (_, index) => aNewTask({ namespace, name: `among-${index}` }));
      const startedMs = Date.now();
      await insertAll(user, [...hostile, ...tamperedTasks(namespace)]);
      await insertTasks(user, among);

      for (let index = 0; index < 5; index += 1) {
        const name = `meanwhile-${index}`;
        await insertTasks(user, [aNewTask({ namespace, name })]);
        await until(`${name} has a Job`, async () => assert.ok((await readTask(user, name)).job_uid), promptMs);
      }
      const withoutJob = () => countTasks(user, "name LIKE 'among-%' AND job_uid IS NULL");
      await until('those among them have Jobs', async () => assert.equal(await withoutJob(), 0), amongThemMs);
      const open = "status = 'Normal' OR (status = 'Pending' AND reason IS NULL AND job_uid IS NULL)";
      const undecided = () => countTasks(user, `name NOT LIKE 'tampered-%' AND (${open})`);
      await until('no row is undecided', async () => assert.equal(await undecided(), 0), amongThemMs);
      t.diagnostic(`decided after ${Date.now() - startedMs} ms, ${await peakMegabytes(nightwatch)} MB at most`);

      for (const row of await readTasks(user, "name NOT LIKE 'tampered-%' AND job_uid IS NULL")) {
        assert.equal(row.status, 'Failed', JSON.stringify(row));
        assert.ok(row.reason && row.message, JSON.stringify(row));
      }
    });

    it('neither end nor slow the process, nor make it lose the lead', async () => {
      assert.ok(nightwatch.process.isRunning);
      assert.match((await nightwatch.readyz()).text, /leads, epoch 1,/);
      assert.ok((await peakMegabytes(nightwatch)) < mostMegabytes);
      const lines = await readLog(nightwatch);
      const alarming = lines.filter(({ level, msg }) => level === 'fatal' || /unexpected|term ended/.test(msg));
      assert.deepEqual(alarming, []);
    });

    it('leave every other row and table as it is', async () => {
      const { user } = installation;
      const expected = hostileCount + tamperedTasks('').length + 20 + 5;
      assert.equal(await countTasks(user, 'TRUE'), expected);
      assert.equal(await countTasks(user, "name REGEXP '^(among|meanwhile)-' AND status <> 'Succeeded'"), 0);
    });

    it('reach no namespace but the one that is allowed', async () => {
      const others = (await system.cluster.auditedJobRequests()).filter(
        (request) => request.user === nightwatchUser && !ownNamespaces.has(request.namespace),
      );
      assert.deepEqual(others, []);
      const all = await system.cluster.kubectl(['get', 'jobs', '-A', '-o', 'jsonpath={.items[*].metadata.namespace}']);
      assert.ok(all.split(' ').every((name) => ownNamespaces.has(name)));
    });
  });
}

/** As the owner of the table, who may write every column. */
async function insertAll(user: Connection, tasks: readonly HostileTask[]): Promise<void> {
  const byColumns = Map.groupBy(tasks, (task) => Object.keys(task).join());
  for (const [columns, alike] of byColumns) {
    for (let first = 0; first < alike.length; first += 100) {
      const rows = alike.slice(first, first + 100).map((task) => Object.values(task));
      await user.query(`INSERT INTO task (${columns}) VALUES ?`, [rows]);
    }
  }
}

async function peakMegabytes({ process }: NightwatchProcess): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}
