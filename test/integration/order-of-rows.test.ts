import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { countTasks } from '../support/count-tasks.ts';
import { flavours } from '../support/database.ts';
import { whilePaused } from '../support/paused.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTask } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 120_000;
const backlog = 5_000;
let system: RunningSystem;

before(async () => {
  system = await startSystem();
});

after(async () => {
  await system[Symbol.asyncDispose]();
});

for (const flavour of flavours) {
  describe(`while ${backlog} rows wait on ${flavour}`, { timeout }, () => {
    it('the next page has the highest priority, then the lowest id, even when that was committed last', async () => {
      // One create at a time: the Jobs come in the order in which their rows were chosen.
      await using installation = await system.install(flavour, { settings: { NIGHTWATCH_CREATES_IN_FLIGHT: '1' } });
      const { user, namespace } = installation;
      const late = await installation.connect();
      await late.beginTransaction();
      await insertTasks(late, [aNewTask({ namespace, id: 1, name: 'lowest' })]);

      const newer = await installation.connect();
      await newer.beginTransaction();
      await insertBacklog(newer, namespace);

      // A create that is not answered holds up what is claimed behind it, and so all further claims.
      const claimedBefore = await whilePaused(system.cluster.controlPlane.apiServer, async () => {
        await insertTasks(user, [aNewTask({ namespace, id: 100, name: 'first' })]);
        await until('it is claimed', async () => assert.equal((await readTask(user, 'first')).status, 'Pending'));
        await newer.commit();
        const claimed = await untilClaimsPause(installation);
        await late.commit();
        return claimed;
      });

      await until(
        'all rows have ended',
        async () => assert.equal(await countTasks(user, 'finished_at IS NULL'), 0),
        60_000,
      );
      const lowest = await readTask(user, 'lowest');
      const earlier = await countTasks(user, 'claimed_at < ?', [lowest.claimed_at]);
      assert.ok(claimedBefore < backlog / 2, `${claimedBefore} of ${backlog} rows were claimed before`);
      assert.ok(earlier <= claimedBefore, `${earlier} rows were claimed before it, ${claimedBefore} of them in time`);
      const expected = ['first', 'most-urgent', 'urgent-1', 'urgent-2', 'lowest', 'newest', 'unimportant'];
      assert.deepEqual(await createdNames(namespace), expected);
    });
  });
}

/** Among rows that are refused once they are looked at, which takes the cluster no time, a few that become Jobs. */
async function insertBacklog(connection: Connection, namespace: string): Promise<void> {
  const refused = Array.from({ length: backlog }, (_, index) =>
    aNewTask({ namespace: 'not-allowed', id: 10_000 + index, name: `waits-${index}`, priority: 0 }),
  );
  await insertTasks(connection, [
    ...refused,
    aNewTask({ namespace, id: 50, name: 'unimportant', priority: -1 }),
    aNewTask({ namespace, id: 20_002, name: 'urgent-2', priority: 3 }),
    aNewTask({ namespace, id: 20_001, name: 'urgent-1', priority: 3 }),
    aNewTask({ namespace, id: 20_000, name: 'most-urgent', priority: 2_000_000_000 }),
    aNewTask({ namespace, id: 20_003, name: 'newest', priority: 0 }),
  ]);
}

/** Waits until no further rows are claimed; returns how many are. */
async function untilClaimsPause({ user }: Installation): Promise<number> {
  return until('no further rows are claimed', async () => {
    const claimed = await countTasks(user, 'attempt > 0');
    assert.ok(claimed > 1, 'none of the newer rows is claimed');
    await delay(500);
    assert.equal(await countTasks(user, 'attempt > 0'), claimed);
    return claimed;
  });
}

/** The names of the Jobs that were created in a namespace, in the order in which the API server was asked. */
async function createdNames(namespace: string): Promise<readonly (string | undefined)[]> {
  const creates = (await system.cluster.auditedJobWrites()).filter(
    (write) => write.namespace === namespace && write.verb === 'create' && write.code === 201,
  );
  return creates.toSorted((left, right) => left.receivedAt.localeCompare(right.receivedAt)).map(({ name }) => name);
}
