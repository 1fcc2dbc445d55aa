import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { flavours, startDatabase } from '../support/database.ts';
import { isAlive } from '../support/process-liveness.ts';
import { startRedis, startRedisServers } from '../support/redis.ts';
import { ServerStartError } from '../support/server-process.ts';
import { connectTo } from '../support/test-database.ts';

const timeout = 120_000;

for (const flavour of flavours) {
  describe(`a private ${flavour} server`, { timeout }, () => {
    it('lets the admin of a test database do everything in it', async () => {
      await using server = await startDatabase(flavour);
      await using database = await server.createDatabase();
      await using admin = await database.connect();

      await admin.query('CREATE TABLE note (id BIGINT PRIMARY KEY, body TEXT NOT NULL)');
      await admin.query("INSERT INTO note VALUES (9007199254740993, 'first')");

      assert.deepEqual(await rowsOf(admin, 'SELECT id, body FROM note'), [{ id: '9007199254740993', body: 'first' }]);
    });

    it('lets the service read and update rows, and nothing else', async () => {
      await using server = await startDatabase(flavour);
      await using database = await server.createDatabase();
      await using admin = await database.connect();
      await admin.query('CREATE TABLE note (id INT PRIMARY KEY)');
      await admin.query('INSERT INTO note VALUES (1)');
      await using service = await connectTo(database.serviceUrl);

      await service.query('UPDATE note SET id = 2');
      assert.deepEqual(await rowsOf(service, 'SELECT id FROM note FOR UPDATE'), [{ id: 2 }]);
      const refused = { code: 'ER_TABLEACCESS_DENIED_ERROR' };
      await assert.rejects(service.query('CREATE TABLE other (id INT)'), refused);
      await assert.rejects(service.query('INSERT INTO note VALUES (3)'), refused);
      await assert.rejects(service.query('DELETE FROM note'), refused);
    });

    it('keeps the users of one test database out of another', async () => {
      await using server = await startDatabase(flavour);
      await using mine = await server.createDatabase('a_b');
      await using theirs = await server.createDatabase('axb');
      await using admin = await mine.connect();

      assert.notEqual(mine.name, theirs.name);
      await assert.rejects(admin.query(`USE ${theirs.name}`), { code: 'ER_DBACCESS_DENIED_ERROR' });
    });

    it('keeps its data and its port over a restart, an orderly one and one after a kill', async () => {
      await using server = await startDatabase(flavour);
      await using database = await server.createDatabase();
      {
        await using admin = await database.connect();
        await admin.query('CREATE TABLE note (id INT PRIMARY KEY)');
        await admin.query('INSERT INTO note VALUES (1)');
      }

      const first = server.process;
      await server.restart();
      assert.notEqual(server.process.pid, first.pid);
      server.process.kill('SIGKILL');
      await server.restart();

      await using again = await database.connect();
      assert.deepEqual(await rowsOf(again, 'SELECT id FROM note'), [{ id: 1 }]);
    });

    it('takes a row of 10 MB', async () => {
      await using server = await startDatabase(flavour);
      await using database = await server.createDatabase();
      await using admin = await database.connect();
      await admin.query('CREATE TABLE note (body LONGTEXT NOT NULL)');

      await admin.query('INSERT INTO note VALUES (?)', ['x'.repeat(10 * 1024 * 1024)]);

      assert.deepEqual(await rowsOf(admin, "SELECT 'whole' AS row_is FROM note WHERE LENGTH(body) = 10485760"), [
        { row_is: 'whole' },
      ]);
    });

    it('drops a test database although a transaction in it was forgotten', async () => {
      await using server = await startDatabase(flavour);
      const database = await server.createDatabase();
      const forgotten = await database.connect();
      await forgotten.query('CREATE TABLE note (id INT PRIMARY KEY)');
      await forgotten.beginTransaction();
      await forgotten.query('SELECT * FROM note');
      const ended = new Promise((resolve) => forgotten.on('error', resolve));

      await database[Symbol.asyncDispose]();

      assert.ok(await ended);
      await assert.rejects(database.connect(), { code: 'ER_ACCESS_DENIED_ERROR' });
    });

    it('says who did not start and why', async () => {
      const start = startDatabase(flavour, { extraArguments: ['--no-such-setting'] });

      await assert.rejects(start, (error) => {
        assert.ok(error instanceof ServerStartError);
        assert.match(error.message, new RegExp(`^${flavour} on port \\d+ did not start: it ended with exit code`));
        assert.match(error.message, /unknown (option|variable) '--no-such-setting'/);
        return true;
      });
    });

    it('is gone after its disposal, with its files', async () => {
      const server = await startDatabase(flavour);
      const { pid } = server.process;
      assert.ok(await isAlive(pid));
      assert.equal((await ownScratchDirectories()).length, 1);

      await server[Symbol.asyncDispose]();

      assert.equal(await isAlive(pid), false);
      assert.deepEqual(await ownScratchDirectories(), []);
    });
  });
}

describe('private Redis servers', { timeout }, () => {
  it('start five at once, each on its own', async () => {
    await using redis = await startRedisServers(5);

    for (const [index, url] of redis.urls.entries()) await withClient(url, (client) => client.set('who', index));

    const answers = await Promise.all(redis.urls.map((url) => withClient(url, (client) => client.get('who'))));
    assert.deepEqual(answers, ['0', '1', '2', '3', '4']);
  });

  it('lose everything on a restart, and keep the port', async () => {
    await using redis = await startRedis();
    await withClient(redis.url, (client) => client.set('key', 'value'));

    await redis.restart({ keepData: false });

    assert.equal(await withClient(redis.url, (client) => client.get('key')), null);
  });

  it('say who did not start and why', async () => {
    await assert.rejects(startRedis({ extraArguments: ['--no-such-setting', '1'] }), {
      name: 'ServerStartError',
      message: /^redis on port \d+ did not start: .*no-such-setting/s,
    });
  });

  it('are gone after their disposal, with their files', async () => {
    const redis = await startRedisServers(3);
    const pids = redis.servers.map((server) => server.process.pid);

    await redis[Symbol.asyncDispose]();

    assert.deepEqual(await Promise.all(pids.map(isAlive)), [false, false, false]);
    assert.deepEqual(await ownScratchDirectories(), []);
  });
});

async function rowsOf(connection: Connection, statement: string): Promise<readonly unknown[]> {
  const [rows] = await connection.query<RowDataPacket[]>(statement);
  return rows.map((row) => ({ ...row }));
}

async function withClient<Answer>(url: string, ask: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

async function ownScratchDirectories(): Promise<readonly string[]> {
  const entries = await readdir(tmpdir());
  return entries.filter((entry) => entry.startsWith(`nightwatch-test-${process.pid}-`));
}
