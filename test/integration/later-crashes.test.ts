import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { crashPointVariable } from '../faults/process/crash-points.ts';
import { faultyProcess } from '../faults/process/node-arguments.ts';
import { readAttempts, untilLogKept } from '../support/attempt-rows.ts';
import { flavours } from '../support/database.ts';
import { type FakeKubelet, startFakeKubelet } from '../support/fake-kubelet.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { submittedRows } from '../support/submitted-rows.ts';
import { readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
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
  describe(`a leader that dies while it puts something off, or deletes rows, on ${flavour}`, { timeout }, () => {
    for (const point of ['before delay 1', 'after delay 1']) {
      it(`${point}: the next one runs the row at its time, once`, async () => {
        await using installation = await system.prepare(flavour);
        const { user, namespace } = installation;
        const rows = submittedRows(user, namespace);
        const leader = await installation.start(dyingAt(point));
        const notBefore = new Date(Date.now() + 4_000).toISOString().replace('T', ' ').replace('Z', '');
        await rows.insert({ name: 'later', not_before: notBefore });
        await leader.process.exited;

        await installation.start();

        await rows.untilStatus('later', 'Succeeded', undefined, 30_000);
        const [kept, ...more] = await readAttempts(user);
        assert.ok((kept?.claimed_at ?? '') >= notBefore, `claimed at ${kept?.claimed_at}, not before ${notBefore}`);
        assert.deepEqual([more.length, (await readJobs(system.cluster, namespace)).length], [0, 1]);
      });
    }

    for (const point of ['before postponeLog 1', 'after postponeLog 1']) {
      it(`${point}: the next one stores the log when it can be read`, async () => {
        await using installation = await system.prepare(flavour);
        const rows = submittedRows(installation.user, installation.namespace);
        const name = `${point.replaceAll(' ', '-').toLowerCase()}-${flavour}`;
        kubelet.setLog(name, { status: 500, body: 'the node is busy' });
        const leader = await installation.start(dyingAt(point));
        await rows.submit(name, 'succeed; stop 1ms', 'Succeeded');
        await leader.process.exited;
        kubelet.setLog(name, 'all of it');

        await installation.start();

        assert.equal((await untilLogKept(installation.user, name)).log, 'all of it');
      });
    }

    for (const point of ['before deleteHistory 1', 'after deleteHistory 1']) {
      it(`${point}: the next one has deleted rows with their attempts, and no others`, async () => {
        await using installation = await system.prepare(flavour);
        const { user, database } = installation;
        const rows = submittedRows(user, installation.namespace);
        // The right to delete is not the service's by itself.
        const databaseUrl = database.adminUrl;
        const leader = await installation.start({ ...dyingAt(point, oneRow), databaseUrl });
        for (const name of ['one', 'two']) await rows.submit(name, 'succeed', 'Succeeded');
        await user.query('UPDATE task_attempt SET clean_up_at = finished_at');
        await leader.process.exited;

        await installation.start({ settings: oneRow, databaseUrl });

        await until('the newest is left', async () => {
          const left = await readTasks(user);
          assert.deepEqual(
            left.map(({ name }) => name),
            ['two'],
          );
        });
        assert.equal((await readAttempts(user)).length, 1);
      });
    }
  });
}

const oneRow = {
  NIGHTWATCH_KEEP_ENDED_ROWS: '1',
  NIGHTWATCH_KEEP_LOG: '0',
  NIGHTWATCH_WATCHERS: 'clean-up=@every 200ms;history=@every 200ms',
};

function dyingAt(point: string, settings: Readonly<Record<string, string>> = {}) {
  return { settings: { ...settings, [crashPointVariable]: point }, nodeArguments: faultyProcess };
}
