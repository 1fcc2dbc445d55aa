import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { flavours } from '../support/database.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const rowCount = 500;
let system: RunningSystem;

before(async () => {
  system = await startSystem({ auditLevel: 'RequestResponse' });
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`${rowCount} rows at once on ${flavour}`, { timeout }, () => {
    it('have exactly one Job each, by one create each, and all end', async () => {
      await using installation = await system.install(flavour);
      const { user, namespace } = installation;
      const names = Array.from({ length: rowCount }, (_, index) => `burst-${index}`);

      await insertTasks(
        user,
        names.map((name) => aNewTask({ namespace, name })),
      );

      const rows = await until(
        'all rows have succeeded',
        async () => {
          const ended = await readTasks(user, "status = 'Succeeded'");
          assert.equal(ended.length, rowCount);
          return ended;
        },
        60_000,
      );
      const writes = (await system.cluster.auditedJobWrites()).filter((write) => write.namespace === namespace);
      const creates = writes.filter(({ verb, user: who }) => verb === 'create' && who.endsWith(':nightwatch'));
      assert.deepEqual(creates.map(({ uid }) => uid).toSorted(), rows.map((row) => row.job_uid).toSorted());
      assert.ok(creates.every(({ code }) => code === 201));
      assert.deepEqual(
        rows.map((row) => [row.name, row.attempt, row.job_name]).toSorted(),
        names.map((name) => [name, 1, name]).toSorted(),
      );
    });
  });
}
