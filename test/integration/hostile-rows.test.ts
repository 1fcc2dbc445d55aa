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
import { aNewTask, type NewTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { hostileTasks, tamperedTasks } from './hostile-rows/hostile-tasks.ts';

const timeout = 120_000;
const hostileCount = 1_000;
/** How soon everything is decided, and a healthy row has its Job: seconds, on a machine that does other things too. */
const longestMs = 20_000;
const mostMegabytes = 400;
const healthyCount = 25;
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

    it('are all refused with a reason, and the healthy rows among them have their Jobs soon', async (t) => {
      const { user, namespace } = installation;
      const hostile = hostileTasks(hostileCount, namespace, seededRandom((line) => t.diagnostic(line)).seed);
      const healthy = Array.from({ length: healthyCount }, (_, index) =>
        aNewTask({ namespace, name: `healthy-${index}` }),
      );
      const insertedAtMs = Date.now();
      await insertAll(user, [...hostile.slice(500), ...healthy, ...hostile.slice(0, 500), ...tamperedTasks(namespace)]);

      await untilNone("name LIKE 'healthy-%' AND job_uid IS NULL");
      t.diagnostic(`the healthy rows had their Jobs after ${Date.now() - insertedAtMs} ms`);
      await untilNone("status = 'Normal' OR (status = 'Pending' AND reason IS NULL AND job_uid IS NULL)");
      t.diagnostic(`all rows were decided after ${Date.now() - insertedAtMs} ms`);

      for (const row of await readTasks(user, "name NOT LIKE 'tampered-%' AND job_uid IS NULL")) {
        assert.ok(row.status === 'Failed' && row.reason && row.message, JSON.stringify(row));
      }
      await untilNone("name LIKE 'healthy-%' AND status <> 'Succeeded'");
      assert.equal(await countTasks(user, 'TRUE'), hostileCount + healthyCount + tamperedTasks('').length);
    });

    it('neither end nor strain the process, nor make it lose the lead', async (t) => {
      assert.match((await nightwatch.readyz()).text, /leads, epoch 1,/);
      const lines = await readLog(nightwatch);
      assert.deepEqual(
        lines.filter(({ level, msg }) => level === 'fatal' || level === 'error' || msg === 'term ended'),
        [],
      );
      const peak = await peakMegabytes(nightwatch);
      t.diagnostic(`${peak} MB at most`);
      assert.ok(peak < mostMegabytes);
    });

    it('reach no namespace but the one that is allowed', async () => {
      const others = (await system.cluster.auditedJobRequests()).filter(
        (request) => request.user === nightwatchUser && !ownNamespaces.has(request.namespace),
      );
      assert.deepEqual(others, []);
      const all = await system.cluster.kubectl(['get', 'jobs', '-A', '-o', 'jsonpath={.items[*].metadata.namespace}']);
      assert.ok(all.split(' ').every((name) => ownNamespaces.has(name)));
    });

    async function untilNone(where: string): Promise<void> {
      const count = () => countTasks(installation.user, where);
      await until(`no row is any more: ${where}`, async () => assert.equal(await count(), 0), longestMs);
    }
  });
}

/** As the owner of the table, who may write every column. */
async function insertAll(user: Connection, tasks: readonly NewTask[]): Promise<void> {
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
