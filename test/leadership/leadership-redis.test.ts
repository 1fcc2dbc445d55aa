import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTasks } from '../support/count-tasks.ts';
import { defaultLease } from '../support/default-lease.ts';
import { assertCreatedOnce, assertOneRecordedJobEach } from '../support/recorded-jobs.ts';
import { startRedis, startRedisServers } from '../support/redis.ts';
import { assertOneAtATime, readTerms, untilTermSince } from '../support/replica-log.ts';
import { epochOf, type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { submitBatch, untilBatch } from '../support/task-batch.ts';
import { assertNoStaleWrite, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { anInfo, readTask, readTasks } from '../support/task-rows.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

// The short lease of the replicas under test.
const ttlMs = 1_500;
// Longer than the default lease.
const slowMs = 6_000;
const count = 30;

// Each test mostly waits.
describe('leadership when Redis fails', { concurrency: 2 }, () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;

  before(async () => {
    system = resources.use(await startSystem());
  });

  after(() => resources.disposeAsync());

  async function prepare(): Promise<Installation> {
    const installation = await system.prepare('mariadb');
    await keepTaskJournal(installation.user);
    return installation;
  }

  async function startTwo(
    installation: Installation,
    redisUrls: readonly string[],
    settings: Readonly<Record<string, string>> = {},
  ): Promise<readonly Replica[]> {
    const options = { redisUrls, settings };
    return [await startReplica(installation, 'first', options), await startReplica(installation, 'second', options)];
  }

  async function assertAllWasDone({ user, namespace }: Installation, replicas: readonly Replica[]): Promise<void> {
    await untilBatch(user, { prefix: 'burst', status: 'Succeeded' });
    assertOneAtATime(await readTerms(replicas));
    assertNoStaleWrite(await readTaskJournal(user));
    await assertOneRecordedJobEach(system.cluster, await readTasks(user));
    const writes = await system.cluster.auditedJobWrites();
    assertCreatedOnce(writes.filter((entry) => entry.namespace === namespace));
  }

  it('goes over after a lease when Redis restarts and has forgotten the lock', { timeout: 90_000 }, async () => {
    await using redis = await startRedis();
    await using installation = await prepare();
    const replicas = await startTwo(installation, [redis.url]);
    const { epoch } = await untilLeading(replicas);
    await submitBatch(installation, { prefix: 'burst-before', count });

    await redis.restart({ keepData: false });
    await submitBatch(installation, { prefix: 'burst-while-nobody-leads', count });
    await untilLeading(replicas, { above: epoch });
    await submitBatch(installation, { prefix: 'burst-behind', count });

    await assertAllWasDone(installation, replicas);
    const { startedAtMs } = redis.process;
    const { former, next } = await untilTermSince(replicas, startedAtMs);
    assert.match(former?.reason ?? '', /lock is lost|lease ran out/);
    const waitedMs = next.beganAtMs - startedAtMs;
    // Redis tells its uptime in whole seconds: two of them may have been little more than one.
    assert.ok(waitedMs > 1_000, `the lease of the former leader is waited for, not ${waitedMs} ms`);
  });

  it('goes over when only the leader is cut off from Redis', { timeout: 90_000 }, async () => {
    await using ways = new AsyncDisposableStack();
    await using installation = await prepare();
    const toFirst = ways.use(await startTcpProxy(system.redis.port));
    const toSecond = ways.use(await startTcpProxy(system.redis.port));
    const first = await startReplica(installation, 'first', { redisUrls: [`redis://127.0.0.1:${toFirst.port}`] });
    const second = await startReplica(installation, 'second', { redisUrls: [`redis://127.0.0.1:${toSecond.port}`] });
    const { leader, epoch, others } = await untilLeading([first, second]);
    await submitBatch(installation, { prefix: 'burst-before', count });

    (leader === first ? toFirst : toSecond).silence();
    await submitBatch(installation, { prefix: 'burst-cut-off', count });
    await untilLeading(others, { above: epoch });
    await submitBatch(installation, { prefix: 'burst-behind', count });

    await assertAllWasDone(installation, [first, second]);
    await until('the former leader is not ready and says what it lacks', async () => {
      const { status, text } = await leader.readyz();
      assert.equal(status, 503);
      assert.match(text, /redis.* 0 of 1 connected/);
    });
  });

  it('rests while three of five are lost, Jobs go on, and comes back by itself', { timeout: 90_000 }, async () => {
    await using redis = await startRedisServers(5);
    await using installation = await prepare();
    const { user } = installation;
    const replicas = await startTwo(installation, redis.urls);
    const { epoch } = await untilLeading(replicas);
    await submitBatch(installation, { prefix: 'long', count: 1, info: anInfo({ life: 'hang' }) });
    await untilBatch(user, { prefix: 'long', status: 'Running' });
    const running = await readTask(user, 'long-1');

    const lost = redis.servers.slice(0, 3);
    for (const server of lost) server.process.kill('SIGKILL');
    await until('nobody leads', async () => {
      assert.deepEqual(await Promise.all(replicas.map(epochOf)), [undefined, undefined]);
    });
    await submitBatch(installation, { prefix: 'burst', count });
    await sleep(ttlMs);
    assert.equal(await countTasks(user, `name LIKE 'burst%' AND status <> 'Normal'`), 0);
    for (const replica of replicas) assert.equal((await replica.readyz()).status, 503);

    for (const server of lost) await server.restart({ keepData: false });
    await untilLeading(replicas, { above: epoch });

    await assertAllWasDone(installation, replicas);
    assert.deepEqual({ ...(await readTask(user, 'long-1')), epoch }, { ...running, epoch });
  });

  it('stays where it is when Redis answers in 0.2 s, and rests when it takes 2 s', { timeout: 90_000 }, async () => {
    await using proxy = await startTcpProxy(system.redis.port);
    await using installation = await prepare();
    const replicas = await startTwo(installation, [`redis://127.0.0.1:${proxy.port}`], defaultLease);
    const { leader, epoch } = await untilLeading(replicas);

    proxy.delay(100);
    await submitBatch(installation, { prefix: 'burst-slow', count });
    await sleep(slowMs);
    assert.equal(await epochOf(leader), epoch, 'the leader renews');

    proxy.delay(1_000);
    await until('it steps down', async () => assert.equal(await epochOf(leader), undefined));
    await submitBatch(installation, { prefix: 'burst-very-slow', count });
    await sleep(slowMs);
    assert.equal((await readTerms(replicas)).length, 1, 'nobody takes turns');

    proxy.delay(0);
    await untilLeading(replicas, { above: epoch });
    await assertAllWasDone(installation, replicas);
    assert.equal((await readTerms(replicas)).length, 2);
  });
});
