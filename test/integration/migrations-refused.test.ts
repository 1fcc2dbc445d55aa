import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { migrations } from '../../migrations/migrations.ts';
import { flavours, startDatabase } from '../support/database.ts';
import type { DatabaseServer } from '../support/database-server.ts';
import { readInstallation } from '../support/installation-row.ts';
import { startMigration } from '../support/migration-process.ts';
import { runNightwatch } from '../support/run-nightwatch.ts';
import { readSchemaText } from '../support/schema-text.ts';
import { seedCreateTable, seedInserts } from '../support/seed-table.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';

const timeout = 240_000;
const notMigrated = 4;
/** For so long at most a statement of somebody else may wait behind one of ours. */
const longestBlockMs = 3_000;

/** Tables of users that nightwatch cannot work with, and what it says of them. */
const unfitTables = [
  {
    what: 'a column of the user that has the name of one of ours',
    statements: [seedCreateTable, 'ALTER TABLE task ADD COLUMN reason TEXT'],
    message: /column 'reason'.*rename it/,
  },
  {
    what: 'two such columns, in other letters',
    statements: [seedCreateTable, 'ALTER TABLE task ADD COLUMN Priority INT, ADD COLUMN EPOCH INT'],
    message: /column 'priority', 'epoch'/,
  },
  {
    what: 'a table task without info',
    statements: [seedCreateTable, 'ALTER TABLE task DROP COLUMN info'],
    message: /without the column 'info'/,
  },
  {
    what: 'a table task of something else',
    statements: ['CREATE TABLE task (id INT PRIMARY KEY, title TEXT)'],
    message: /without the column 'name', 'namespace', 'info', 'status', 'user_id'/,
  },
] as const;

/** Changes of a good address, and what is said of it then. */
const badAddresses = [
  {
    what: 'a wrong password',
    change: (url: URL) => Object.assign(url, { password: 'wrong' }),
    message: /Access denied/,
  },
  {
    what: 'a user who is not there',
    change: (url: URL) => Object.assign(url, { username: 'nobody' }),
    message: /denied/,
  },
  {
    what: "somebody else's database",
    change: (url: URL) => Object.assign(url, { pathname: '/mysql' }),
    message: /denied/,
  },
  { what: 'a port without a server', change: (url: URL) => Object.assign(url, { port: '1' }), message: /ECONNREFUSED/ },
] as const;

for (const flavour of flavours) {
  describe(`migrate on ${flavour}`, { timeout }, () => {
    const resources = new AsyncDisposableStack();
    let server: DatabaseServer;

    before(async () => {
      server = resources.use(await startDatabase(flavour));
    });

    after(() => resources.disposeAsync());

    for (const { what, statements, message } of unfitTables) {
      it(`refuses ${what}, says so, and leaves the table as it is`, async () => {
        await using database = await server.createDatabase();
        await using user = await database.connect();
        for (const statement of statements) await user.query(statement);
        const { task } = await readSchemaText(user);

        assert.match(await refusal(database.adminUrl), message);

        assert.equal((await readSchemaText(user)).task, task);
      });
    }

    for (const { what, change, message } of badAddresses) {
      it(`says so when it is given ${what}`, async () => {
        await using database = await server.createDatabase();
        const address = change(new URL(database.adminUrl));

        assert.match(await refusal(address.href), message);
      });
    }

    it('says so when its user may not change the schema', async () => {
      await using database = await server.createDatabase();

      assert.match(await refusal(database.serviceUrl), /CREATE command denied/);
    });

    it('waits for an open transaction of a user, and keeps nobody else waiting for long', async () => {
      await using database = await server.createDatabase();
      await using holder = await database.connect();
      await using other = await database.connect();
      for (const statement of [seedCreateTable, ...seedInserts]) await holder.query(statement);
      await holder.beginTransaction();
      await holder.query('SELECT * FROM task WHERE id = 1 FOR UPDATE');

      // It says so once its first try has been given up.
      await using migration = await startMigration(database.adminUrl, /a transaction holds the table/);
      const waits = await statementsUntilSecondTry(other, database);
      await holder.commit();
      await until('migrate has ended', () => assert.equal(migration.process.exitCode, 0));

      assert.ok(Math.max(...waits) < longestBlockMs, `statements took ${waits.join(', ')} ms`);
      assert.equal((await readInstallation(other)).schema_version, migrations.length);
    });
  });
}

/** What `nightwatch migrate` says when it cannot. */
async function refusal(databaseUrl: string): Promise<string> {
  const ended = await runNightwatch(['migrate'], { NIGHTWATCH_DATABASE_URL: databaseUrl });
  assert.equal(ended.exitCode, notMigrated, `${ended.stdout}${ended.stderr}`);
  const message = /"msg":"not migrated: (.*?)"\}/.exec(ended.stdout)?.[1];
  return message ?? assert.fail(`no word of why: ${ended.stdout}`);
}

/** Reads and writes beside the transaction until `migrate` has waited for it once more; how long each statement took. */
async function statementsUntilSecondTry(user: Connection, database: TestDatabase): Promise<readonly number[]> {
  await using watcher = await database.connect();
  const waits: number[] = [];
  const isTrying = async () => {
    const [rows] = await watcher.query(
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND STATE LIKE 'Waiting for table metadata lock%'",
    );
    return Array.isArray(rows) && rows.length > 0;
  };
  await until('migrate tries again', async () => assert.ok(await isTrying()));
  for (const statement of ['SELECT COUNT(*) FROM task', "UPDATE task SET status = '' WHERE id = 2"]) {
    const startMs = performance.now();
    await user.query(statement);
    waits.push(Math.round(performance.now() - startMs));
  }
  return waits;
}
