import { after, before, beforeEach, describe } from 'node:test';
import { campaignContract } from '../contract/elector/campaign.ts';
import { epochContract } from '../contract/elector/epoch.ts';
import { oneLeaderContract } from '../contract/elector/one-leader.ts';
import { flavours, startDatabase } from '../support/database.ts';
import type { DatabaseServer } from '../support/database-server.ts';
import { migrateDatabase } from '../support/nightwatch-process.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { redlockElection } from '../support/redlock-election.ts';
import type { TestDatabase } from '../support/test-database.ts';

for (const flavour of flavours) {
  describe(`redlock and a leader row on ${flavour}`, { timeout: 120_000 }, () => {
    const resources = new AsyncDisposableStack();
    let redis: RedisServer;
    let database: TestDatabase;
    let election: ReturnType<typeof redlockElection> | undefined;
    let tests = 0;

    before(async () => {
      redis = resources.use(await startRedis());
      const server: DatabaseServer = resources.use(await startDatabase(flavour));
      database = resources.use(await server.createDatabase());
      await migrateDatabase(database.adminUrl);
    });

    beforeEach(async () => {
      await election?.[Symbol.asyncDispose]();
      const user = await database.connect();
      await user.query('UPDATE leader SET lock_name = NULL');
      await user.end();
      tests += 1;
      election = redlockElection({ redis, databaseUrl: database.serviceUrl, lockName: `lock-${tests}` });
    });

    after(async () => {
      await election?.[Symbol.asyncDispose]();
      await resources.disposeAsync();
    });

    const subject = () => {
      if (election === undefined) throw new Error('there is an election only within a test');
      return election;
    };
    oneLeaderContract(subject);
    campaignContract(subject);
    epochContract(subject);
  });
}
