import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTasks } from '../support/count-tasks.ts';
import { defaultLease } from '../support/default-lease.ts';
import { assertCreatedOnce, assertOneRecordedJobEach } from '../support/recorded-jobs.ts';
import { startRedis, startRedisServers } from '../support/redis.ts';
import { assertOneAtATime, readTerms } from '../support/replica-log.ts';
import { epochOf, type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { assertNoStaleWrite, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { aNewTask, anInfo, insertTasks, readTask, readTasks } from '../support/task-rows.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

// The short lease of the replicas under test.
const ttlMs = 1_500;
const batch = 40;

describe('leadership when Redis fails', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;
  let tests = 0;

  before(async () => {
    system = resources.use(await startSystem());
  });

  beforeEach(async () => {
    await installation?.[Symbol.asyncDispose]();
    tests += 1;
    installation = await system.prepare('mariadb');
    await keepTaskJournal(installation.user);
  });

  after(async () => {
    await installation[Symbol.asyncDispose]();
    await resources.disposeAsync();
  });

  async function submit(prefix: string): Promise<void> {
    const { user, namespace } = installation;
    const names = Array.from({ length: batch }, (_, index) => `${prefix}-${index + 1}`);
    await insertTasks(
      user,
      names.map((name) => aNewTask({ namespace, name })),
    );
  }

  function start(name: string, redisUrls: readonly string[], settings = {}): Promise<Replica> {
    return startReplica(installation, name, { redisUrls, settings });
  }

  async function assertAllWasDone(replicas: readonly Replica[]): Promise<void> {
    const unfinished = () => countTasks(installation.user, `status NOT IN ('Succeeded', 'Running')`);
    await until('all rows go on', async () => assert.equal(await unfinished(), 0), 30_000);
    assertOneAtATime(await readTerms(replicas));
    assertNoStaleWrite(await readTaskJournal(installation.user));
    await assertOneRecordedJobEach(system.cluster, await readTasks(installation.user));
    const writes = await system.cluster.auditedJobWrites();
    assertCreatedOnce(writes.filter(({ namespace }) => namespace === installation.namespace));
  }

  it('goes over after a lease when Redis restarts and has forgotten the lock', { timeout: 60_000 }, async () => {
    await using redis = await startRedis();
    const replicas = [await start('first', [redis.url]), await start('second', [redis.url])];
    const { epoch } = await untilLeading(replicas);
    await submit('before');

    await redis.restart({ keepData: false });
    const restartedAtMs = Date.now();
    await submit('while-nobody-leads');
    await untilLeading(replicas, { above: epoch });
    await submit('behind');

    await assertAllWasDone(replicas);
    const [former, next, ...others] = await readTerms(replicas);
    assert.deepEqual(others, []);
    assert.match(former?.reason ?? '', /lock is lost|lease ran out/);
    // Redis tells its uptime in whole seconds.
    assert.ok((next?.beganAtMs ?? 0) - restartedAtMs > ttlMs - 1_000, 'the lease of the former leader is waited for');
  });

  it('goes over when only the leader is cut off from Redis', { timeout: 60_000 }, async () => {
    const proxies = [await startTcpProxy(system.redis.port), await startTcpProxy(system.redis.port)] as const;
    await using _first = proxies[0];
    await using _second = proxies[1];
    const [first, second] = [
      await start('first', [`redis://127.0.0.1:${proxies[0].port}`]),
      await start('second', [`redis://127.0.0.1:${proxies[1].port}`]),
    ];
    const { leader, epoch, others } = await untilLeading([first, second]);
    await submit('before');

    proxies[leader === first ? 0 : 1].silence();
    await submit('cut-off');
    await untilLeading(others, { above: epoch });
    await submit('behind');

    await assertAllWasDone([first, second]);
    await until('the former leader is there and waits', async () => {
      assert.equal(await epochOf(leader), undefined);
      assert.match((await leader.readyz()).text, /redis/);
    });
  });

  it('rests while three of five are lost, Jobs go on, and comes back by itself', { timeout: 60_000 }, async () => {
    await using redis = await startRedisServers(5);
    const replicas = [await start('first', redis.urls), await start('second', redis.urls)];
    const { epoch } = await untilLeading(replicas);
    const { user, namespace } = installation;
    await insertTasks(user, [aNewTask({ namespace, name: 'long', info: anInfo({ life: 'hang' }) })]);
    await until('it runs', async () => assert.equal((await readTask(user, 'long')).status, 'Running'));
    const running = await readTask(user, 'long');

    const lost = redis.servers.slice(0, 3);
    for (const server of lost) server.process.kill('SIGKILL');
    await until('nobody leads', async () => {
      assert.deepEqual(await Promise.all(replicas.map(epochOf)), [undefined, undefined]);
    });
    await submit('while-nobody-leads');
    await sleep(ttlMs);
    assert.equal(await countTasks(user, `status <> 'Normal' AND name <> 'long'`), 0);
    for (const replica of replicas) assert.equal((await replica.readyz()).status, 503);

    for (const server of lost) await server.restart({ keepData: false });
    await untilLeading(replicas, { above: epoch });

    await assertAllWasDone(replicas);
    assert.deepEqual({ ...(await readTask(user, 'long')), epoch: 0 }, { ...running, epoch: 0 });
  });

  it('stays where it is when Redis answers in 0.2 s, and rests when it takes 2 s', { timeout: 90_000 }, async () => {
    await using proxy = await startTcpProxy(system.redis.port);
    const urls = [`redis://127.0.0.1:${proxy.port}`];
    const replicas = [await start('first', urls, defaultLease), await start('second', urls, defaultLease)];
    const { leader, epoch } = await untilLeading(replicas);

    proxy.delay(100);
    await submit('slow');
    await sleep(10_000);
    assert.equal(await epochOf(leader), epoch, 'the leader renews');

    proxy.delay(1_000);
    await until('it steps down', async () => assert.equal(await epochOf(leader), undefined));
    await submit('very-slow');
    await sleep(10_000);
    assert.equal((await readTerms(replicas)).length, 1, 'nobody takes turns');

    proxy.delay(0);
    await untilLeading(replicas, { above: epoch });
    await assertAllWasDone(replicas);
    assert.equal((await readTerms(replicas)).length, 2);
  });
});
