import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubeconfigVia } from '../support/api-proxy.ts';
import { assertOneRecordedJobEach } from '../support/recorded-jobs.ts';
import { assertOneAtATime, readTerms } from '../support/replica-log.ts';
import { type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { submitBatch, untilBatch } from '../support/task-batch.ts';
import { assertNoStaleWrite, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { readTasks } from '../support/task-rows.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { throughPort } from '../support/through-port.ts';
import { until } from '../support/until.ts';

const takeoverMs = 30_000;
// Far below the half minute after which a kubelet kills; what hangs is waited for, for a while.
const endMs = 15_000;

/** A replica whose ways to the database and to the API server a test can close. */
interface ConnectedReplica extends Replica {
  readonly ways: Readonly<Record<Way, TcpProxy>>;
}

type Way = 'database' | 'API server';
/** The name of the check that says so in readiness. */
const checks = { database: 'database', 'API server': 'kubernetes' } as const satisfies Record<Way, string>;

describe('a leader that is cut off from one of the things it works with', { concurrency: true }, () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;

  before(async () => {
    system = resources.use(await startSystem());
    await system.databaseServer('mariadb');
  });

  after(() => resources.disposeAsync());

  async function start(
    installation: Installation,
    name: string,
    owner: AsyncDisposableStack,
  ): Promise<ConnectedReplica> {
    const server = await system.databaseServer('mariadb');
    const database = owner.use(await startTcpProxy(server.port));
    const { port } = new URL(system.cluster.controlPlane.access.server);
    const apiServer = owner.use(await startTcpProxy(Number(port)));
    const kubeconfig = await kubeconfigVia(await system.cluster.kubeconfigFor(), `https://127.0.0.1:${apiServer.port}`);
    const databaseUrl = throughPort(installation.database.serviceUrl, database.port);
    const replica = await startReplica(installation, name, { databaseUrl, kubeconfig });
    return { ...replica, ways: { database, 'API server': apiServer } };
  }

  for (const way of ['database', 'API server'] as const) {
    it(`makes way for a healthier one within 30 s (${way})`, { timeout: 120_000 }, async (t) => {
      await using proxies = new AsyncDisposableStack();
      await using installation = await system.prepare('mariadb');
      await keepTaskJournal(installation.user);
      const replicas = [await start(installation, 'first', proxies), await start(installation, 'second', proxies)];
      const { leader, epoch, others } = await untilLeading(replicas);
      const cutOff = replicas.find(({ name }) => name === leader.name);
      assert.ok(cutOff);
      await submitBatch(installation, { prefix: 'before', count: 20 });

      cutOff.ways[way].silence();
      const silentAtMs = performance.now();
      await submitBatch(installation, { prefix: 'cut-off', count: 20 });
      await untilLeading(others, { above: epoch, timeoutMs: takeoverMs });
      t.diagnostic(`the healthy replica leads after ${Math.round(performance.now() - silentAtMs)} ms`);
      await untilBatch(installation.user, { status: 'Succeeded' });

      await until('the other says what it lacks', async () => {
        const { status, text } = await cutOff.readyz();
        assert.equal(status, 503);
        assert.match(text, new RegExp(`^\\[-\\]${checks[way]}`, 'm'));
      });
      cutOff.ways[way].pass();
      await until('it is ready again', async () => assert.equal((await cutOff.readyz()).status, 200));
      await submitBatch(installation, { prefix: 'behind', count: 20 });
      await untilBatch(installation.user, { status: 'Succeeded' });

      assertOneAtATime(await readTerms(replicas));
      assertNoStaleWrite(await readTaskJournal(installation.user));
      await assertOneRecordedJobEach(system.cluster, await readTasks(installation.user));
    });
  }

  for (const way of ['database', 'API server'] as const) {
    it(`ends by itself when asked to, leading or not, without its ${way}`, { timeout: 90_000 }, async () => {
      await using proxies = new AsyncDisposableStack();
      await using installation = await system.prepare('mariadb');
      const replicas = [await start(installation, 'first', proxies), await start(installation, 'second', proxies)];
      await untilLeading(replicas);
      await submitBatch(installation, { prefix: 'before', count: 20 });

      for (const { ways } of replicas) ways[way].silence();
      await sleep(1_000);
      const askedAtMs = performance.now();
      for (const replica of replicas) replica.process.kill('SIGTERM');
      await Promise.race([Promise.all(replicas.map((replica) => replica.process.exited)), sleep(endMs)]);

      const codes = replicas.map((replica) => replica.process.exitCode);
      assert.deepEqual(codes, [0, 0], `after ${performance.now() - askedAtMs} ms`);
    });
  }
});
