import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { migrations } from '../../migrations/migrations.ts';
import { flavours } from '../support/database.ts';
import { migrateInProcess } from '../support/migrate-in-process.ts';
import type { NightwatchProcess } from '../support/nightwatch-process.ts';
import { epochOf } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTask } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 240_000;
const newest = migrations.length;
/** A leader may take it for an outage at first. */
const longestLeadMs = 25_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

/** Schemas that the program cannot work on, and what it says of them. */
const unfit = [
  {
    what: 'empty',
    make: async () => {},
    says: `SchemaBehind: the database has schema version 0, this program needs ${newest}: run 'nightwatch migrate'`,
    mend: ({ database }: Installation) => migrateInProcess(database.adminUrl),
  },
  {
    what: 'migrated in part',
    make: ({ database }: Installation) => migrateInProcess(database.adminUrl, migrations.slice(0, newest - 1)),
    says: `SchemaBehind: the database has schema version ${newest - 1}, this program needs ${newest}`,
    mend: ({ database }: Installation) => migrateInProcess(database.adminUrl),
  },
  {
    what: 'migrated by a version that has left this one behind',
    make: async (installation: Installation) => {
      await migrateInProcess(installation.database.adminUrl);
      await recordSchema(installation, 999, '9.0.0');
    },
    says: 'SchemaAhead: the database has schema version 999, which needs nightwatch 9.0.0 or later',
    mend: (installation: Installation) => recordSchema(installation, newest, '0.1.0'),
  },
] as const;

for (const flavour of flavours) {
  describe(`run on ${flavour}`, { timeout }, () => {
    for (const { what, make, says, mend } of unfit) {
      it(`is up and not ready while the database is ${what}, and leads by itself once it fits`, async () => {
        await using installation = await system.prepare(flavour, { migrated: false });
        await make(installation);

        const nightwatch = await installation.start({ until: 'up' });
        await untilNotReady(nightwatch, `[-]database ${says}`, `[+]leadership ok: database: ${says}`);

        await mend(installation);
        await assertWorks(installation, nightwatch);
      });
    }

    it('works on a schema that a later version made, and that this one is said to work on', async () => {
      await using installation = await system.prepare(flavour);
      await recordSchema(installation, 999, '0.1.0');

      const nightwatch = await installation.start({ until: 'up' });

      await assertWorks(installation, nightwatch);
    });

    it('is up and not ready with bad access data, and does not show them', async () => {
      await using installation = await system.prepare(flavour);
      const address = Object.assign(new URL(installation.database.serviceUrl), { password: 'planted-secret' });

      const nightwatch = await installation.start({ databaseUrl: address.href, until: 'up' });
      const text = await untilNotReady(nightwatch, '[-]database Access denied');

      assert.doesNotMatch(text, /planted-secret/);
      assert.doesNotMatch(await nightwatch.log(), /planted-secret/);
    });
  });
}

describe('a leader', { timeout }, () => {
  it('stops leading when the schema has become too new for it, and leads again when it fits', async () => {
    await using installation = await system.install('mariadb');
    const { nightwatch } = installation;

    await recordSchema(installation, 999, '9.0.0');
    await until('it leads no more', async () => assert.equal(await epochOf(nightwatch), undefined), longestLeadMs);

    await recordSchema(installation, newest, '0.1.0');
    await assertWorks(installation, nightwatch);
  });
});

/** As a version with other migrations would record it. */
async function recordSchema({ user }: Installation, version: number, oldestProgram: string): Promise<void> {
  await user.query('UPDATE installation SET schema_version = ?, oldest_program = ?', [version, oldestProgram]);
}

/** Waits until the replica says that it is not ready, and all of this; returns everything that it says. */
async function untilNotReady(nightwatch: NightwatchProcess, ...says: readonly string[]): Promise<string> {
  return until(`not ready: ${says[0]}`, async () => {
    const { status, text } = await nightwatch.readyz();
    assert.ok(status === 503 && says.every((line) => text.includes(line)), `${status} ${text}`);
    return text;
  });
}

/** The replica becomes ready and leads, and a task ends. */
async function assertWorks({ user, namespace }: Installation, nightwatch: NightwatchProcess): Promise<void> {
  await until('it leads', async () => {
    const { status, text } = await nightwatch.readyz();
    assert.ok(status === 200 && text.includes('leads, epoch'), `${status} ${text}`);
  });
  await insertTasks(user, [aNewTask({ namespace, name: 'proof' })]);
  await until('a task has ended', async () => assert.equal((await readTask(user, 'proof')).status, 'Succeeded'));
}
