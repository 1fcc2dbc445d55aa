import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { migrations } from '../../migrations/migrations.ts';
import { flavours, startDatabase } from '../support/database.ts';
import { runScript } from '../support/database-client.ts';
import type { DatabaseServer } from '../support/database-server.ts';
import { readInstallation } from '../support/installation-row.ts';
import { migrateInProcess } from '../support/migrate-in-process.ts';
import { runNightwatch } from '../support/run-nightwatch.ts';
import { readSchemaText } from '../support/schema-text.ts';
import { seedCreateTable, seedInserts } from '../support/seed-table.ts';
import type { TestDatabase } from '../support/test-database.ts';

const timeout = 240_000;
const newest = migrations.length;

for (const flavour of flavours) {
  describe(`migrate on ${flavour}`, { timeout }, () => {
    const resources = new AsyncDisposableStack();
    let server: DatabaseServer;
    let reference: Readonly<Record<string, string>>;

    /** A database that is gone with the test, and a connection to it. */
    const emptyDatabase = async (owner: AsyncDisposableStack) => {
      const database = owner.use(await server.createDatabase());
      return { database, user: owner.use(await database.connect()) };
    };

    before(async () => {
      server = resources.use(await startDatabase(flavour));
      await using stack = new AsyncDisposableStack();
      const { database, user } = await emptyDatabase(stack);
      await migrateInProcess(database.adminUrl);
      reference = await readSchemaText(user);
    });

    after(() => resources.disposeAsync());

    it('makes all its tables in an empty database, and says which schema that is', async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await emptyDatabase(stack);

      await migrateByCommand(database);

      assert.deepEqual(Object.keys(await readSchemaText(user)), ['installation', 'leader', 'task', 'task_attempt']);
      const { installation_id, schema_version } = await readInstallation(user);
      assert.match(installation_id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.equal(schema_version, newest);
    });

    it("makes of the user's own table what it would have made itself, and leaves its rows alone", async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await emptyDatabase(stack);
      await makeSeedTable(user);
      const rows = await seedRows(user);

      await migrateByCommand(database);

      assert.equal(rows.length, 2);
      assert.deepEqual(await seedRows(user), rows);
      assert.deepEqual(withoutComments(await readSchemaText(user)), withoutComments(reference));
    });

    it('changes nothing when it is run again', async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await emptyDatabase(stack);
      await migrateInProcess(database.adminUrl);
      const installation = await readInstallation(user);

      await migrateByCommand(database);

      assert.deepEqual(await readSchemaText(user), reference);
      assert.deepEqual(await readInstallation(user), installation);
    });

    it('is run by two processes at once as if by one', async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await emptyDatabase(stack);

      await Promise.all([migrateByCommand(database), migrateByCommand(database)]);

      assert.deepEqual(await readSchemaText(user), reference);
      assert.equal((await readInstallation(user)).schema_version, newest);
    });

    it('only shows what it would do when it is run dry', async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await emptyDatabase(stack);
      await makeSeedTable(user);
      const [schema, rows] = [await readSchemaText(user), await seedRows(user)];

      const script = await migrateByCommand(database, '--dry-run');

      assert.match(script, /CREATE TABLE installation .*CREATE TABLE leader .*ALTER TABLE task.*ADD INDEX/s);
      assert.deepEqual(await readSchemaText(user), schema);
      assert.deepEqual(await seedRows(user), rows);
      await migrateByCommand(database);
      assert.equal(await migrateByCommand(database, '--dry-run'), '-- the schema is up to date\n');
    });

    for (const before of ['an empty database', "a database with the user's own table"]) {
      it(`has shown of ${before} what a client makes the same schema of`, async () => {
        await using stack = new AsyncDisposableStack();
        const { database, user } = await emptyDatabase(stack);
        if (before !== 'an empty database') await makeSeedTable(user);

        await runScript(database.adminUrl, await migrateByCommand(database, '--dry-run'));

        assert.deepEqual(withoutComments(await readSchemaText(user)), withoutComments(reference));
        assert.equal((await readInstallation(user)).schema_version, newest);
      });
    }

    for (const { version, name } of migrations) {
      it(`goes on where it was killed in step ${version}, before and behind its statement: ${name}`, async () => {
        await using stack = new AsyncDisposableStack();
        for (const applied of [version - 1, version]) {
          const { database, user } = await emptyDatabase(stack);
          await migrateInProcess(database.adminUrl, migrations.slice(0, applied));
          if (applied > 0) await user.query('UPDATE installation SET schema_version = ?', [version - 1]);

          await migrateInProcess(database.adminUrl);

          assert.deepEqual(await readSchemaText(user), reference);
          assert.equal((await readInstallation(user)).schema_version, newest);
        }
      });
    }

    it('repeats no step whose record was lost, whichever it was', async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await emptyDatabase(stack);
      await makeSeedTable(user);
      await migrateInProcess(database.adminUrl);
      const [schema, installation] = [await readSchemaText(user), await readInstallation(user)];

      for (let version = 0; version < newest; version += 1) {
        await user.query('UPDATE installation SET schema_version = ?', [version]);
        await migrateInProcess(database.adminUrl);
        assert.deepEqual(await readInstallation(user), installation, `from ${version}`);
      }
      for (const loss of ['DELETE FROM installation', 'DROP TABLE installation']) {
        await user.query(loss);
        await migrateInProcess(database.adminUrl);
        assert.equal((await readInstallation(user)).schema_version, newest, loss);
      }
      assert.deepEqual(await readSchemaText(user), schema);
      assert.equal((await seedRows(user)).length, 2);
    });
  });
}

async function makeSeedTable(user: Connection): Promise<void> {
  for (const statement of [seedCreateTable, ...seedInserts]) await user.query(statement);
}

async function seedRows(user: Connection): Promise<readonly unknown[]> {
  const columns = 'id, name, namespace, info, status, user_id, created_at, updated_at';
  const [rows] = await user.query(`SELECT ${columns} FROM task ORDER BY id`);
  return z.array(z.record(z.string(), z.unknown())).parse(rows);
}

/** Runs `nightwatch migrate` as its users do; returns what it printed. */
async function migrateByCommand({ adminUrl }: TestDatabase, ...flags: readonly string[]): Promise<string> {
  const ended = await runNightwatch(['migrate', ...flags], {
    NIGHTWATCH_DATABASE_URL: adminUrl,
    NIGHTWATCH_LOG_LEVEL: 'warn',
  });
  assert.equal(ended.exitCode, 0, `${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

/** What columns and tables are for is said in other words by each of the two. */
function withoutComments(schema: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(schema).map(([table, statement]) => [
      table,
      statement.replaceAll(/ COMMENT[ =]'(?:[^']|'')*'/g, ''),
    ]),
  );
}
