import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { migrations } from '../../migrations/migrations.ts';
import { flavours, startDatabase } from '../support/database.ts';
import type { DatabaseServer } from '../support/database-server.ts';
import { readInstallation } from '../support/installation-row.ts';
import { migrateInProcess } from '../support/migrate-in-process.ts';
import { runNightwatch } from '../support/run-nightwatch.ts';
import { readSchemaText } from '../support/schema-text.ts';

const timeout = 120_000;
const newest = migrations.length;
/** What nightwatch 0.1.0 made, with the index that nobody needs any more. */
const olderVersion = 9;
const olderIndex = 'ALTER TABLE task ADD INDEX nightwatch_due (next_check_at, id)';

for (const flavour of flavours) {
  describe(`migrate on ${flavour}, from the schema of an earlier version`, { timeout }, () => {
    const resources = new AsyncDisposableStack();
    let server: DatabaseServer;
    let reference: Readonly<Record<string, string>>;

    before(async () => {
      server = resources.use(await startDatabase(flavour));
      await using database = await server.createDatabase();
      await using user = await database.connect();
      await migrateInProcess(database.adminUrl);
      reference = await readSchemaText(user);
    });

    after(() => resources.disposeAsync());

    it('needs no more rights than the README gives, also to bring an older schema on', async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await olderDatabase(stack);
      const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
      const rights = /GRANT (.+) ON nightwatch\.\* TO 'nightwatch_migrate'/.exec(readme)?.[1] ?? assert.fail();
      const account = `'migrate_${database.name.slice(-8)}'@'%'`;
      await server.runAsRoot([
        `CREATE USER ${account} IDENTIFIED BY 'secret'`,
        `GRANT ${rights} ON \`${database.name}\`.* TO ${account}`,
      ]);
      stack.defer(() => server.runAsRoot([`DROP USER ${account}`]));
      const address = Object.assign(new URL(database.adminUrl), {
        username: `migrate_${database.name.slice(-8)}`,
        password: 'secret',
      });

      await migrateBy(address.href);

      assert.equal((await readInstallation(user)).schema_version, newest);
    });

    it('takes away the index of an earlier version', async () => {
      await using stack = new AsyncDisposableStack();
      const { database, user } = await olderDatabase(stack);

      await migrateBy(database.adminUrl);

      assert.deepEqual(await readSchemaText(user), reference);
    });

    /** A database that is gone with the test, and a connection to it. */
    async function olderDatabase(owner: AsyncDisposableStack) {
      const database = owner.use(await server.createDatabase());
      const user = owner.use(await database.connect());
      await migrateInProcess(database.adminUrl, migrations.slice(0, olderVersion));
      await user.query(olderIndex);
      return { database, user };
    }
  });
}

async function migrateBy(databaseUrl: string): Promise<void> {
  const settings = { NIGHTWATCH_DATABASE_URL: databaseUrl, NIGHTWATCH_LOG_LEVEL: 'warn' };
  const ended = await runNightwatch(['migrate'], settings);
  assert.equal(ended.exitCode, 0, `${ended.stdout}${ended.stderr}`);
}
