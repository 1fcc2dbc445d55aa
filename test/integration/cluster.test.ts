import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, ExternalClusterError, startCluster } from '../support/cluster.ts';
import { aNightwatchJob } from '../support/nightwatch-job.ts';
import { aPlayedJob } from '../support/played-job.ts';
import { startPodPlayer } from '../support/pod-player.ts';

const namespace = `cluster-${process.pid}`;

async function create(cluster: Cluster, ...jobs: readonly object[]): Promise<void> {
  await cluster.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: jobs }));
}

async function untilCondition(cluster: Cluster, condition: string, name: string): Promise<void> {
  await cluster.kubectl(['wait', '-n', namespace, `--for=condition=${condition}`, '--timeout=45s', `job/${name}`]);
}

function read(cluster: Cluster, resource: string, path: string): Promise<string> {
  return cluster.kubectl(['get', '-n', namespace, resource, '-o', `jsonpath={${path}}`]);
}

function podOf(cluster: Cluster, job: string, path: string): Promise<string> {
  const selector = `job-name=${job}`;
  return cluster.kubectl(['get', 'pods', '-n', namespace, '-l', selector, '-o', `jsonpath={.items[0].status${path}}`]);
}

async function untilEqual(actual: () => Promise<string>, expected: string): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  while ((await actual()) !== expected) await delay(50, undefined, { signal });
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describe('the test cluster and its pod player', () => {
  const started = new AsyncDisposableStack();
  let cluster: Cluster;

  before(async () => {
    cluster = started.use(await startCluster({ auditLevel: 'RequestResponse' }));
    started.use(await startPodPlayer(cluster));
    await cluster.allowNamespace(namespace);
  });

  after(() => started.disposeAsync());

  it('completes a Job whose pod succeeds', async () => {
    await create(cluster, aPlayedJob({ name: 'good', namespace, life: 'start 100ms; succeed after 200ms' }));
    await untilCondition(cluster, 'Complete', 'good');
    assert.equal(await read(cluster, 'job/good', '.status.succeeded'), '1');
  });

  it('fails a Job whose pod fails, and keeps the exit code', async (t) => {
    if (cluster.external) return t.skip('life scripts are played in a cluster of our own only');
    await create(
      cluster,
      aPlayedJob({ name: 'bad', namespace, life: 'exit 3 after 50ms' }),
      aPlayedJob({ name: 'killed', namespace, life: 'crash' }),
    );
    await Promise.all([untilCondition(cluster, 'Failed', 'bad'), untilCondition(cluster, 'Failed', 'killed')]);
    const terminated = '.containerStatuses[0].state.terminated';
    assert.equal(await podOf(cluster, 'bad', `${terminated}.exitCode`), '3');
    assert.equal(await podOf(cluster, 'killed', `${terminated}.reason`), 'OOMKilled');
  });

  it('shows a Job that hangs as ready, and one without start or image as active only', async (t) => {
    if (cluster.external) return t.skip('life scripts are played in a cluster of our own only');
    const lives = { hanging: 'hang', waiting: 'pending', imageless: 'image-pull-failure' };
    await create(cluster, ...Object.entries(lives).map(([name, life]) => aPlayedJob({ name, namespace, life })));
    await untilEqual(() => read(cluster, 'job/hanging', '.status.ready'), '1');
    await untilEqual(
      () => podOf(cluster, 'imageless', '.containerStatuses[0].state.waiting.reason'),
      'ImagePullBackOff',
    );
    await untilEqual(() => read(cluster, 'job/waiting', '.status.active'), '1');
    assert.equal(await read(cluster, 'job/imageless', '.status.ready'), '0');
    assert.equal(await read(cluster, 'job/waiting', '.status.ready'), '0');
  });

  it('fails a Job whose life script is wrong, and says so in the pod', async (t) => {
    if (cluster.external) return t.skip('life scripts are played in a cluster of our own only');
    await create(cluster, aPlayedJob({ name: 'wrong', namespace, life: 'explode' }));
    await untilCondition(cluster, 'Failed', 'wrong');
    assert.match(await podOf(cluster, 'wrong', '.message'), /'explode' in life script/);
  });

  it('lets a deleted pod go on for the time that its script asks for', async (t) => {
    if (cluster.external) return t.skip('life scripts are played in a cluster of our own only');
    await create(cluster, aPlayedJob({ name: 'stubborn', namespace, life: 'hang; stop 1s' }));
    await untilEqual(() => read(cluster, 'job/stubborn', '.status.ready'), '1');
    const startedAtMs = performance.now();
    await cluster.kubectl(['delete', 'job', 'stubborn', '-n', namespace, '--cascade=foreground', '--timeout=30s']);
    assert.ok(performance.now() - startedAtMs >= 1000);
  });

  it('loses no pod of a burst while the API server is killed in the middle of it', async (t) => {
    if (cluster.external) return t.skip('an external API server is not ours to kill');
    const { apiServer } = cluster.controlPlane;
    const spec = { completions: 300, parallelism: 300 };
    await create(cluster, aPlayedJob({ name: 'burst', namespace, life: 'succeed after 500ms', spec }));
    await delay(500);
    apiServer.kill('SIGKILL');
    await apiServer.start();
    await untilCondition(cluster, 'Complete', 'burst');
    assert.equal(await read(cluster, 'job/burst', '.status.succeeded'), '300');
  });

  it('lets nightwatch create Jobs where it is allowed, and nothing else', async () => {
    const kubeconfig = await cluster.kubeconfigFor();
    const asNightwatch = (args: readonly string[], input?: string) =>
      cluster.kubectl(['--kubeconfig', kubeconfig, ...args], input);
    await asNightwatch(['create', '-f', '-'], JSON.stringify(aNightwatchJob({ name: 'allowed', namespace })));
    assert.match(await asNightwatch(['get', 'jobs', '-n', namespace]), /^allowed /m);
    const elsewhere = JSON.stringify(aNightwatchJob({ name: 'elsewhere', namespace: 'default' }));
    await assert.rejects(asNightwatch(['create', '-f', '-'], elsewhere), /Forbidden/);
    for (const refused of [
      ['get', 'secrets', '-n', namespace],
      ['get', 'pod', 'any', '-n', namespace],
      ['delete', 'pods', '--all', '-n', namespace],
      ['get', 'events', '--watch', '-n', namespace],
      ['get', 'jobs', '-n', 'default'],
      ['get', 'jobs', '--all-namespaces'],
      ['delete', 'jobs', '--all', '-n', 'default'],
    ]) {
      await assert.rejects(asNightwatch(refused), /Forbidden/, refused.join(' '));
    }
    const relabel = asNightwatch(['label', 'job', 'allowed', 'team=blue', '-n', namespace]);
    await assert.rejects(relabel, /only the annotation .* may be changed/);
  });

  it('has one successful create of each Job in the audit log, with who and which', async (t) => {
    if (cluster.external) return t.skip('an external cluster has no audit log to read');
    await create(cluster, aPlayedJob({ name: 'audited', namespace }));
    await assert.rejects(create(cluster, aPlayedJob({ name: 'audited', namespace })), /AlreadyExists/);
    const writes = (await cluster.auditedJobWrites()).filter((entry) => entry.name === 'audited');
    assert.deepEqual(
      writes.map(({ verb, code, user }) => ({ verb, code, user })),
      [
        { verb: 'create', code: 201, user: 'admin' },
        { verb: 'create', code: 409, user: 'admin' },
      ],
    );
    assert.equal(writes[0]?.uid, await read(cluster, 'job/audited', '.metadata.uid'));
    const created = (await cluster.auditedJobWrites()).filter(({ verb, code }) => verb === 'create' && code === 201);
    const names = created.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const byNightwatch = created.filter(({ user }) => user === 'system:serviceaccount:nightwatch-system:nightwatch');
    assert.deepEqual(
      byNightwatch.map(({ name }) => name),
      ['allowed'],
    );
  });

  it('keeps what it holds over an orderly restart of etcd and the API server', async (t) => {
    if (cluster.external) return t.skip('external servers are not ours to restart');
    await cluster.controlPlane.apiServer.stop();
    await cluster.controlPlane.etcd.restart();
    await cluster.controlPlane.apiServer.start();
    await create(cluster, aPlayedJob({ name: 'later', namespace, life: 'succeed after 100ms' }));
    await untilCondition(cluster, 'Complete', 'later');
    assert.equal(await read(cluster, 'job/good', '.status.succeeded'), '1');
  });
});

describe('the end of a test cluster', () => {
  it('leaves no process and no file', async (t) => {
    if (process.env.NIGHTWATCH_TEST_KUBECONFIG) return t.skip('an external cluster does not end');
    const cluster = await startCluster();
    const { etcd, apiServer, controllerManager } = cluster.controlPlane;
    const pids = [etcd, apiServer, controllerManager].map((server) => server.process.pid);
    assert.deepEqual(pids.map(isAlive), [true, true, true]);
    await cluster[Symbol.asyncDispose]();
    assert.deepEqual(pids.map(isAlive), [false, false, false]);
    assert.equal(existsSync(cluster.adminKubeconfig), false);
  });
});

describe('a cluster that the user has named', () => {
  it('is used as it is, and outlives its users', async (t) => {
    if (process.env.NIGHTWATCH_TEST_KUBECONFIG) return t.skip('all the other tests use it already');
    await using own = await startCluster();
    process.env.NIGHTWATCH_TEST_KUBECONFIG = own.adminKubeconfig;
    t.after(() => delete process.env.NIGHTWATCH_TEST_KUBECONFIG);
    {
      await using named = await startCluster();
      await using _player = await startPodPlayer(named);
      assert.equal(named.external, true);
      assert.throws(() => named.controlPlane, ExternalClusterError);
      await assert.rejects(named.auditedJobWrites(), ExternalClusterError);
      await named.allowNamespace('beside');
      const kubeconfig = await named.kubeconfigFor();
      const job = JSON.stringify(aNightwatchJob({ name: 'foreign', namespace: 'beside' }));
      await named.kubectl(['--kubeconfig', kubeconfig, 'create', '-f', '-'], job);
    }
    assert.match(await own.kubectl(['get', 'jobs', '-n', 'beside']), /^foreign /m);
  });
});
