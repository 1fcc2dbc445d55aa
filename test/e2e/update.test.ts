import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { until } from '../support/until.ts';
import { install } from './installation.ts';
import { insertLoad, showEveryTaskRanOnce } from './load.ts';
import { openPlatform } from './platform.ts';
import { readSurroundings } from './surroundings.ts';

const timeout = 400_000;
const versions = z.tuple([z.object({ schema_version: z.number() })]);

describe('an update to a later version while tasks run', { timeout }, () => {
  it('migrates the schema and goes on; a rollback goes on with it; no task is lost or run twice', async () => {
    const surroundings = readSurroundings();
    await using platform = await openPlatform(surroundings);
    const namespace = await platform.createNamespace('tasks');
    await using installation = await install(platform, { namespaces: [namespace] });
    const { user } = installation;
    const before = await schemaVersion(user);
    await installation.test();

    await insertLoad(user, namespace, 20, { name: 'before' });
    await installation.upgrade(surroundings.nextImage);
    await installation.test();
    await until('the schema is the later one', async () => assert.equal(await schemaVersion(user), before + 1));
    await insertLoad(user, namespace, 20, { name: 'between' });
    await installation.rollback();

    assert.equal(await schemaVersion(user), before + 1);
    await insertLoad(user, namespace, 5, { name: 'after' });
    await showEveryTaskRanOnce(platform, user, namespace, 45);
  });
});

async function schemaVersion(user: Connection): Promise<number> {
  const [rows] = await user.query('SELECT schema_version FROM installation');
  return versions.parse(rows)[0].schema_version;
}
