import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { countTasks } from '../support/count-tasks.ts';
import { hasCreated } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 240_000;
const allowedCount = 30;
const rowsEach = 3;
const missing = 'nightwatch-test-later';
/** How soon after their INSERT the rows of the namespaces that are there have their Jobs. */
const promptMs = 5_000;

describe(`${allowedCount} namespaces with a Role each, and one that is not there`, { timeout }, () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: RunningInstallation;
  let insertedAtMs: number;

  before(async () => {
    system = resources.use(await startSystem());
    const allowed = await Promise.all(Array.from({ length: allowedCount }, () => system.createNamespace()));
    installation = resources.use(await system.install('mariadb', { namespaces: [missing, ...allowed] }));
    // The rows that cannot have a Job come first.
    const tasks = [missing, ...allowed].flatMap((namespace) =>
      Array.from({ length: rowsEach }, (_, index) => aNewTask({ namespace, name: `task-${index}` })),
    );
    insertedAtMs = Date.now();
    await insertTasks(installation.user, tasks);
  });

  after(() => resources.disposeAsync());

  it('have a Job for each of their rows at once, and all of these end', async () => {
    const expected = allowedCount * rowsEach;
    const countEnded = () => countTasks(installation.user, "status = 'Succeeded'");

    await until('the rows have ended', async () => assert.equal(await countEnded(), expected), 30_000);

    const creates = (await system.cluster.auditedJobWrites()).filter(hasCreated);
    assert.equal(creates.length, expected);
    const lateMs = creates.map(({ answeredAt }) => Date.parse(answeredAt) - insertedAtMs).toSorted((a, b) => b - a);
    assert.ok((lateMs[0] ?? promptMs) < promptMs, `the last Job came after ${lateMs[0]} ms`);
  });

  it('say in the rows of the one that is not there what an operator has to do', async () => {
    const rows = await until('its rows wait', async () => {
      const waiting = await readTasks(installation.user, "namespace = ? AND reason = 'Forbidden'", [missing]);
      assert.equal(waiting.length, rowsEach);
      return waiting;
    });

    assert.deepEqual(
      rows.map(({ status, job_uid, finished_at }) => [status, job_uid, finished_at]),
      Array.from({ length: rowsEach }, () => ['Pending', null, null]),
    );
    for (const { message } of rows) {
      assert.match(
        message ?? '',
        new RegExp(`does the namespace '${missing}' exist, and has nightwatch its Role there`),
      );
    }
  });

  it('do not bother the API server with each row that cannot have a Job', async () => {
    const asked = (await system.cluster.auditedJobWrites()).filter(({ namespace }) => namespace === missing);

    assert.ok(asked.length > 0 && asked.every(({ code }) => code === 403));
    const seconds = (Date.now() - insertedAtMs) / 1_000;
    // One create finds out; the others wait with it, 5 s at first.
    assert.ok(asked.length <= rowsEach * (1 + seconds / 5), `${asked.length} creates in ${seconds} s`);
  });

  it('go on with its rows by themselves when it has been made and has its Role', async () => {
    await system.cluster.allowNamespace(missing);

    const open = () => countTasks(installation.user, "namespace = ? AND status <> 'Succeeded'", [missing]);
    await until('its rows have ended', async () => assert.equal(await open(), 0), 60_000);
  });
});
