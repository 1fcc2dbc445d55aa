import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { createsJob, startApiProxy } from '../support/api-proxy.ts';
import { countTasks } from '../support/count-tasks.ts';
import { defaultLease } from '../support/default-lease.ts';
import type { NightwatchProcess } from '../support/nightwatch-process.ts';
import { assertCreatedOnce, hasCreated } from '../support/recorded-jobs.ts';
import { startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const timeout = 240_000;
const burstSize = 300;
/** As good as at once, on a machine that has other things to do. */
const promptMs = 2_000;

describe('a replica that is asked to stop', { timeout }, () => {
  let system: RunningSystem;

  before(async () => {
    system = await startSystem();
  });

  after(async () => {
    await system[Symbol.asyncDispose]();
  });

  it('ends with 0 when it leads and is idle, and the next one leads long before the lock would have run out', async () => {
    await using installation = await system.prepare('mariadb');
    const settings = { ...defaultLease, NIGHTWATCH_CAMPAIGN_INTERVAL: '200ms' };
    const replicas = [
      await startReplica(installation, 'first', { settings }),
      await startReplica(installation, 'second', { settings }),
    ];
    const { leader, epoch, others } = await untilLeading(replicas);

    const endedMs = await end(leader, 'SIGTERM');
    const nextMs = await duration(() => untilLeading(others, { above: epoch }));

    assert.equal(leader.process.exitCode, 0);
    assert.ok(endedMs < promptMs, `it took ${endedMs} ms`);
    assert.ok(nextMs < 1_500, `the next one leads ${nextMs} ms later`);
    assert.match(await leader.log(), /nightwatch ended as asked"\}\n$/);
  });

  it('ends with 0 under load, when every Job that it made is recorded, and leaves no lock', async () => {
    await using installation = await system.install('mariadb');
    const { user, nightwatch } = installation;
    await insertBurst(installation);
    await until('a third of the Jobs are made', async () => {
      assert.ok((await countTasks(user, 'job_uid IS NOT NULL')) > burstSize / 3);
    });

    await end(nightwatch, 'SIGTERM');

    assert.equal(nightwatch.process.exitCode, 0);
    assert.equal(await readLock(system, installation), null);
    const rows = await readTasks(user);
    const recorded = rows.flatMap(({ name, job_uid }) => (job_uid === null ? [] : [name]));
    assert.ok(recorded.length < burstSize, 'it was stopped in the middle');
    assert.deepEqual((await createdJobs(installation)).toSorted(), recorded.toSorted());
    await installation.start();
    await until('all rows have ended', async () => {
      assert.equal(await countTasks(user, "status = 'Succeeded'"), burstSize);
    });
    assertCreatedOnce(await system.cluster.auditedJobWrites());
  });

  it('ends at once by a second SIGINT, whatever it waits for', async () => {
    await using proxy = await startApiProxy(system.cluster);
    await using installation = await system.prepare('mariadb');
    const nightwatch = await installation.start({ kubeconfig: proxy.kubeconfig });
    const held = proxy.intercept(createsJob, { kind: 'hold' });
    await insertBurst(installation);
    await until('creates are on their way', () => assert.ok(held.seen.length > 0));
    nightwatch.process.kill('SIGINT');
    await until('it drains', async () => assert.match(await nightwatch.log(), /finishing what is in flight/));
    assert.equal(nightwatch.process.exitCode, undefined);

    const endedMs = await end(nightwatch, 'SIGINT');

    assert.equal(nightwatch.process.exitCode, 128 + 2);
    assert.ok(endedMs < promptMs, `it took ${endedMs} ms`);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with 0 at once by ${signal} while another one leads`, async () => {
      await using installation = await system.install('mariadb');
      const waiting = await installation.start({ until: 'up' });
      await until('it waits', async () => {
        assert.match((await waiting.readyz()).text, /leadership ok: another replica holds the lock/);
      });

      const endedMs = await end(waiting, signal);

      assert.equal(waiting.process.exitCode, 0);
      assert.ok(endedMs < promptMs, `it took ${endedMs} ms`);
      assert.match((await installation.nightwatch.readyz()).text, /leads, epoch 1,/);
    });
  }

  it('ends with 0 at once when there is nothing that it could lead', async () => {
    await using installation = await system.prepare('mariadb', { migrated: false });
    const nightwatch = await installation.start({ until: 'up' });

    const endedMs = await end(nightwatch, 'SIGTERM');

    assert.equal(nightwatch.process.exitCode, 0);
    assert.ok(endedMs < promptMs, `it took ${endedMs} ms`);
  });

  /** Which Jobs the replicas of an installation have made, by their names. */
  async function createdJobs({ namespace }: Installation): Promise<readonly string[]> {
    const creates = (await system.cluster.auditedJobWrites()).filter(hasCreated);
    return creates.filter((create) => create.namespace === namespace).map(({ name }) => name ?? '');
  }
});

/** Sends a signal and waits until the process has ended; milliseconds. */
async function end({ process }: NightwatchProcess, signal: NodeJS.Signals): Promise<number> {
  return duration(async () => {
    process.kill(signal);
    await process.exited;
  });
}

async function duration(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await action();
  return Math.round(performance.now() - startMs);
}

async function insertBurst({ user, namespace }: Installation): Promise<void> {
  const names = Array.from({ length: burstSize }, (_, index) => `burst-${index}`);
  await insertTasks(
    user,
    names.map((name) => aNewTask({ namespace, name })),
  );
}

/** What the lock of an installation holds in Redis; null when nobody has it. */
async function readLock({ redis }: RunningSystem, { database }: Installation): Promise<string | null> {
  const client = new Redis(redis.url, { maxRetriesPerRequest: 0 });
  try {
    return await client.get(`nightwatch:lock:${database.name}`);
  } finally {
    client.disconnect();
  }
}
