import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { crashPointVariable } from '../faults/process/crash-points.ts';
import { faultyProcess } from '../faults/process/node-arguments.ts';
import { closeForJobs } from '../support/a-quota.ts';
import { flavours } from '../support/database.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { submittedRows } from '../support/submitted-rows.ts';
import { anInfo, type NewTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const endless = anInfo({ life: 'hang; stop 200ms' });
let system: RunningSystem;

/** Between any two steps of a wish: what the next leader finds is different at each. */
const cancels = [
  'before recordEnding 1',
  'after recordEnding 1',
  'before remove 1',
  'after remove 1',
  'before recordEnd 1',
  'after recordEnd 1',
  'before answerCancel 1',
  'after answerCancel 1',
];
const holds = ['before suspend 1', 'after suspend 1', 'before recordHeld 1', 'after recordHeld 1', 'after hold 1'];

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`a leader that dies while it does what users want on ${flavour}`, { timeout }, () => {
    let installation: Installation;
    let full: string;

    before(async () => {
      full = await system.createNamespace();
      await closeForJobs(system.cluster, full);
      installation = await system.prepare(flavour, { namespaces: [await system.createNamespace(), full] });
    });

    after(() => installation[Symbol.asyncDispose]());

    it('leaves nothing half cancelled', async () => {
      const { namespace, user } = installation;
      for (const [index, point] of cancels.entries()) await dieAt(point, `cancel-${index}`, 'Cancel');
      await using _healthy = await installation.start();

      const rows = await until('all are cancelled', async () => {
        const read = await readTasks(user, "name LIKE 'cancel-%'");
        assert.ok(
          read.every(({ status }) => status === 'Cancelled'),
          JSON.stringify(read),
        );
        return read;
      });

      assert.ok(rows.length >= cancels.length * 2);
      assert.ok(rows.every(({ desired, attempt }) => desired === 'Run' && attempt <= 1));
      await until('no Job is left', async () => assert.deepEqual(await readJobs(system.cluster, namespace), []));
    });

    it('leaves nothing half held', async () => {
      const { user } = installation;
      for (const [index, point] of holds.entries()) await dieAt(point, `hold-${index}`, 'Suspend');
      await using _healthy = await installation.start();

      await until('all are held', async () => {
        const rows = await readTasks(user, "name LIKE 'hold-%'");
        assert.ok(
          rows.every(({ status }) => status === 'Suspended'),
          JSON.stringify(rows),
        );
      });

      const before = await readTasks(user, "name LIKE 'hold-%'");
      await user.query("UPDATE task SET desired = 'Run' WHERE name LIKE 'hold-%' AND name NOT LIKE '%-waits'");
      await until('those that can run do', async () => {
        const rows = await readTasks(user, "name LIKE 'hold-%' AND status = 'Running'");
        assert.ok(rows.length >= holds.length, JSON.stringify(rows.map((row) => row.name)));
        for (const { id, job_uid } of before) {
          if (job_uid !== null) assert.ok(!rows.some((row) => row.id === id && row.job_uid !== job_uid));
        }
      });
    });

    /** One replica that dies at a point of carrying out a wish, of a row that runs or of one that waits for its Job. */
    async function dieAt(point: string, name: string, desired: 'Cancel' | 'Suspend'): Promise<void> {
      const rows = submittedRows(installation.user, installation.namespace);
      const settings = { [crashPointVariable]: point };
      const replica = await installation.start({ settings, nodeArguments: faultyProcess, until: 'up' });
      const submitted: readonly Partial<NewTask>[] = [
        { name, info: endless },
        { name: `${name}-waits`, namespace: full },
      ];
      for (const task of submitted) await rows.insert(task);
      const isUnderWay = Promise.all([
        rows.untilStatus(name, 'Running'),
        rows.untilStatus(`${name}-waits`, 'Pending', 'QuotaExceeded'),
      ]);
      // It may die of the row of the one before it: then nobody takes these.
      await Promise.race([isUnderWay.catch(() => {}), replica.process.exited]);
      // One of each that is not taken at all: it is answered, or held, without an attempt.
      const third = desired === 'Cancel' && point.includes('answerCancel');
      if (third || point.includes(' hold ')) await rows.insert({ name: `${name}-new`, desired });
      for (const task of submitted) await rows.want(task.name ?? '', desired);
      await replica.process.exited;
    }
  });
}
