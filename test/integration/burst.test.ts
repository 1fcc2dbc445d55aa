import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { countTasks } from '../support/count-tasks.ts';
import { flavours } from '../support/database.ts';
import { type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 180_000;
/** Most of it is the control plane's work: on a busy machine it takes its time. */
const longestMs = 150_000;
/** A whole page of rows. */
const rowCount = 500;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
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

      await until(
        'all rows have succeeded',
        async () => assert.equal(await countTasks(user, "status = 'Succeeded'"), rowCount),
        longestMs,
      );
      const rows = await readTasks(user);
      const creates = (await system.cluster.auditedJobWrites()).filter(
        (write) => write.namespace === namespace && write.verb === 'create',
      );
      assert.ok(creates.every(({ code }) => code === 201));
      assert.deepEqual(sorted(creates.map(({ name }) => name ?? '')), sorted(names));
      assert.deepEqual(await uidsByName(namespace), new Map(rows.map((row) => [row.name, row.job_uid])));
      assert.ok(rows.every((row) => row.attempt === 1 && row.job_name === row.name));
    });
  });
}

function sorted(texts: readonly string[]): readonly string[] {
  return texts.toSorted((left, right) => left.localeCompare(right));
}

/** The uid of every Job of a namespace. */
async function uidsByName(namespace: string): Promise<ReadonlyMap<string, string>> {
  const columns = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}{"\\n"}{end}';
  const text = await system.cluster.kubectl(['get', 'jobs', '-n', namespace, '-o', columns]);
  const lines = text.trim().split('\n');
  return new Map(lines.map((line) => line.split(' ')).map(([name = '', uid = '']) => [name, uid]));
}
