import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { flavours } from '../support/database.ts';
import { migrateDatabase } from '../support/nightwatch-process.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { seedCreateTable, seedInserts } from '../support/seed-table.ts';
import { aNewTask, anInfo, insertTasks, readTask, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 60_000;
const namespaces = ['default', 'demo'];
let system: RunningSystem;

const job = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        restartPolicy: z.string(),
        containers: z.array(
          z.object({
            image: z.string(),
            command: z.array(z.string()).optional(),
            args: z.array(z.string()).optional(),
          }),
        ),
      }),
    }),
  }),
});

before(async () => {
  system = await startSystem();
  for (const namespace of namespaces) await system.cluster.allowNamespace(namespace);
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`the seed's statements on ${flavour}`, { timeout }, () => {
    it('run verbatim before migrate, and its rows become Jobs and end as these do', async () => {
      await using installation = await system.prepare(flavour, {
        namespaces,
        beforeMigrate: async (user) => {
          for (const statement of [seedCreateTable, ...seedInserts]) await user.query(statement);
        },
      });

      await showSeedRows(installation);
    });

    it('run verbatim after migrate too', async () => {
      await using installation = await system.prepare(flavour, { namespaces });

      for (const statement of [seedCreateTable, ...seedInserts]) await installation.user.query(statement);

      await showSeedRows(installation);
    });

    it('keep what their rows said while the columns of nightwatch are added', async () => {
      await using installation = await system.prepare(flavour, { namespaces, migrated: false });
      const { user, database } = installation;
      for (const statement of [seedCreateTable, ...seedInserts]) await user.query(statement);
      const before = await seedColumns(user);

      await migrateDatabase(database.adminUrl);

      assert.equal(before.length, 2);
      assert.deepEqual(await seedColumns(user), before);
    });

    it('have a row Failed whose pod ends with another exit code than 0', async () => {
      await using installation = await system.install(flavour);
      const { user, namespace } = installation;

      await insertTasks(user, [aNewTask({ namespace, name: 'fails', info: anInfo({ life: 'exit 3' }) })]);

      const row = await until('the row has failed', async () => {
        const seen = await readTask(user, 'fails');
        assert.equal(seen.status, 'Failed');
        return seen;
      });
      assert.deepEqual([row.reason, row.exit_code], ['ExitCode', 3]);
      assert.ok(row.message);
      assert.ok(row.job_uid);
      assert.ok(row.started_at);
      assert.ok(row.finished_at);
    });
  });
}

/** Both rows become the Jobs that they ask for, and Succeeded with them. */
async function showSeedRows(installation: Installation): Promise<void> {
  const { user } = installation;
  await installation.start();
  try {
    await until('both rows have a Job', async () => {
      const rows = await readTasks(user);
      assert.ok(rows.length === 2 && rows.every((row) => row.job_uid !== null), JSON.stringify(rows));
    });
    const rows = await readTasks(user);
    const expected = [
      { name: 'demo-task-1', namespace: 'default', image: 'alpine', command: ['sleep'], args: ['60'] },
      { name: 'demo-task-2', namespace: 'demo', image: 'busybox', command: ['sleep'], args: ['3600'] },
    ];
    for (const [index, { name, namespace, ...container }] of expected.entries()) {
      const text = await system.cluster.kubectl(['get', 'job', name, '-n', namespace, '-o', 'json']);
      const { metadata, spec } = job.parse(JSON.parse(text));
      assert.equal(metadata.uid, rows[index]?.job_uid);
      assert.equal(spec.template.spec.restartPolicy, 'Never');
      assert.deepEqual(spec.template.spec.containers, [container]);
    }
    await until('both rows have succeeded', async () => {
      const ended = await readTasks(user);
      assert.deepEqual(
        ended.map(({ status, reason }) => ({ status, reason })),
        [
          { status: 'Succeeded', reason: null },
          { status: 'Succeeded', reason: null },
        ],
      );
      assert.ok(ended.every((row) => row.started_at !== null && row.finished_at !== null));
    });
  } finally {
    // The next installation has rows of the same names in the same namespaces.
    for (const namespace of namespaces) {
      await system.cluster.kubectl(['delete', 'jobs', '--all', '-n', namespace, '--wait']);
    }
  }
}

async function seedColumns(user: Connection): Promise<readonly unknown[]> {
  const [rows] = await user.query(
    'SELECT id, name, namespace, info, status, user_id, created_at, updated_at FROM task ORDER BY id',
  );
  return z.array(z.record(z.string(), z.unknown())).parse(rows);
}
