import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiProxy, createsJob, startApiProxy } from '../support/api-proxy.ts';
import { countTasks } from '../support/count-tasks.ts';
import { defaultLease } from '../support/default-lease.ts';
import { assertCreatedOnce, assertNoOtherJobs, assertOneRecordedJobEach } from '../support/recorded-jobs.ts';
import { readLog } from '../support/replica-log.ts';
import { type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const burstSize = 100;

describe('a leader that is asked to stop under load', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;
  let proxy: ApiProxy;
  let started = 0;

  before(async () => {
    system = resources.use(await startSystem());
    proxy = resources.use(await startApiProxy(system.cluster));
    installation = resources.use(await system.prepare('mariadb'));
  });

  after(() => resources.disposeAsync());

  function start(settings: Readonly<Record<string, string>> = {}): Promise<Replica> {
    started += 1;
    return startReplica(installation, `replica-${started}`, { kubeconfig: proxy.kubeconfig, settings });
  }

  async function submit(prefix: string): Promise<void> {
    const { user, namespace } = installation;
    const names = Array.from({ length: burstSize }, (_, index) => `${prefix}-${index + 1}`);
    await insertTasks(
      user,
      names.map((name) => aNewTask({ namespace, name })),
    );
  }

  async function untilAllSucceeded(): Promise<void> {
    const open = () => countTasks(installation.user, `status <> 'Succeeded'`);
    await until('all rows have succeeded', async () => assert.equal(await open(), 0), 60_000);
    const rows = await readTasks(installation.user);
    await assertOneRecordedJobEach(system.cluster, rows);
    await assertNoOtherJobs(system.cluster, rows);
    assertCreatedOnce(await system.cluster.auditedJobWrites());
  }

  it('drains, releases the lock last, ends with 0, and the other leads at once', { timeout: 90_000 }, async () => {
    const { leader, epoch, others } = await untilLeading([await start(defaultLease), await start(defaultLease)]);
    await submit('drained');
    await until('half of the Jobs are made', async () => {
      assert.ok((await countTasks(installation.user, 'job_uid IS NOT NULL')) > burstSize / 2);
    });

    const askedAtMs = performance.now();
    leader.process.kill('SIGTERM');
    await leader.process.exited;

    assert.ok(performance.now() - askedAtMs < 5_000, 'it ends within 5 s');
    assert.equal(leader.process.exitCode, 0);
    const next = await untilLeading(others, { above: epoch });
    const delayMs = (await momentOf(next.leader, 'leading')) - (await momentOf(leader, 'term ended'));
    assert.ok(delayMs < 1_000, `the next leader began ${delayMs} ms after the release`);
    await untilAllSucceeded();
    await next.leader.process.stop();
  });

  it('ends within 5 s, with 0, also when the API server answers no create', { timeout: 90_000 }, async () => {
    const { leader } = await untilLeading([await start()]);
    const held = proxy.intercept(createsJob, { kind: 'hold' });
    await submit('unanswered');
    await until('creates are on their way', () => assert.ok(held.seen.length > 0));

    const askedAtMs = performance.now();
    leader.process.kill('SIGTERM');
    await leader.process.exited;

    assert.ok(performance.now() - askedAtMs < 5_000, `it took ${performance.now() - askedAtMs} ms`);
    assert.equal(leader.process.exitCode, 0);
    held.stop();
    const next = await untilLeading([await start()]);
    await untilAllSucceeded();
    await next.leader.process.stop();
  });

  it('ends at once when it is asked a second time', { timeout: 90_000 }, async () => {
    const { leader } = await untilLeading([await start()]);
    const held = proxy.intercept(createsJob, { kind: 'hold' });
    await submit('impatient');
    await until('creates are on their way', () => assert.ok(held.seen.length > 0));
    leader.process.kill('SIGTERM');
    await until('it drains', async () => assert.match(await leader.log(), /finishing what is in flight/));
    assert.equal(leader.process.exitCode, undefined);

    const askedAtMs = performance.now();
    leader.process.kill('SIGTERM');
    await leader.process.exited;

    assert.ok(performance.now() - askedAtMs < 500, 'at once');
    assert.equal(leader.process.exitCode, 128 + 15);
    held.stop();
    await untilLeading([await start()]);
    await untilAllSucceeded();
  });
});

async function momentOf(replica: Replica, message: string): Promise<number> {
  const line = (await readLog(replica)).find(({ msg }) => msg === message);
  assert.ok(line, `${replica.name} has logged '${message}'`);
  return line.time.getTime();
}
