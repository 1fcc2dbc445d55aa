import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiProxy, createsJob, startApiProxy } from '../support/api-proxy.ts';
import { countTasks } from '../support/count-tasks.ts';
import { defaultLease } from '../support/default-lease.ts';
import { median } from '../support/median.ts';
import { assertCreatedOnce, assertNoOtherJobs, assertOneRecordedJobEach } from '../support/recorded-jobs.ts';
import { readTerms } from '../support/replica-log.ts';
import { type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { submitBatch, untilBatch } from '../support/task-batch.ts';
import { readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const rounds = 3;
const count = 60;

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

  async function assertAllWasDone(): Promise<void> {
    await untilBatch(installation.user, { status: 'Succeeded' });
    const rows = await readTasks(installation.user);
    await assertOneRecordedJobEach(system.cluster, rows);
    await assertNoOtherJobs(system.cluster, rows);
    assertCreatedOnce(await system.cluster.auditedJobWrites());
  }

  it('drains, releases the lock last, ends with 0, and another leads at once', { timeout: 120_000 }, async (t) => {
    const replicas = [await start(defaultLease)];
    const handovers: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      replicas.push(await start(defaultLease));
      const { leader, epoch, others } = await untilLeading(replicas.slice(-2));
      await submitBatch(installation, { prefix: `round-${round}`, count });
      await until('half of the Jobs are made', async () => {
        const made = await countTasks(installation.user, 'name LIKE ? AND job_uid IS NOT NULL', [`round-${round}-%`]);
        assert.ok(made > count / 2);
      });

      const askedAtMs = performance.now();
      leader.process.kill('SIGTERM');
      await leader.process.exited;

      assert.ok(performance.now() - askedAtMs < 5_000, 'it ends within 5 s');
      assert.equal(leader.process.exitCode, 0);
      const next = await untilLeading(others, { above: epoch });
      const [former] = (await readTerms([leader])).slice(-1);
      const [term] = (await readTerms([next.leader])).slice(-1);
      assert.equal(former?.reason, 'released');
      handovers.push((term?.beganAtMs ?? Number.NaN) - (former?.endedAtMs ?? Number.NaN));
    }

    t.diagnostic(`milliseconds from a release to the next term: ${handovers.join(', ')}`);
    assert.ok(median(handovers) < 1_000);
    await assertAllWasDone();
    await Promise.all(replicas.map((replica) => replica.process.stop()));
  });

  it('ends within 5 s, with 0, also when the API server answers no create', { timeout: 90_000 }, async () => {
    const { leader } = await untilLeading([await start()]);
    const held = proxy.intercept(createsJob, { kind: 'hold' });
    await submitBatch(installation, { prefix: 'unanswered', count });
    await until('creates are on their way', () => assert.ok(held.seen.length > 0));

    const askedAtMs = performance.now();
    leader.process.kill('SIGTERM');
    await leader.process.exited;

    assert.ok(performance.now() - askedAtMs < 5_000, `it took ${performance.now() - askedAtMs} ms`);
    assert.equal(leader.process.exitCode, 0);
    held.stop();
    const next = await untilLeading([await start()]);
    await assertAllWasDone();
    await next.leader.process.stop();
  });

  it('ends at once when it is asked a second time', { timeout: 90_000 }, async () => {
    const { leader } = await untilLeading([await start()]);
    const held = proxy.intercept(createsJob, { kind: 'hold' });
    await submitBatch(installation, { prefix: 'impatient', count });
    await until('creates are on their way', () => assert.ok(held.seen.length > 0));
    leader.process.kill('SIGTERM');
    await until('it drains', async () => assert.match(await leader.log(), /finishing what is in flight/));
    assert.equal(leader.process.exitCode, undefined);

    const askedAtMs = performance.now();
    leader.process.kill('SIGTERM');
    await leader.process.exited;

    assert.ok(performance.now() - askedAtMs < 1_000, 'at once');
    assert.equal(leader.process.exitCode, 128 + 15);
    held.stop();
    await untilLeading([await start()]);
    await assertAllWasDone();
  });
});
