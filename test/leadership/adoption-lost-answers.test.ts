import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiProxy, createsJob, startApiProxy } from '../support/api-proxy.ts';
import { assertOneRecordedJobEach, hasCreated, readJobs } from '../support/recorded-jobs.ts';
import { type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

// A task whose create came to nothing is looked at again after this long.
const settings = { NIGHTWATCH_CREATE_LEASE: '2s' };

describe('a create whose outcome the leader does not learn', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;
  let proxy: ApiProxy;
  let leader: Replica;
  let replicas = 0;

  before(async () => {
    system = resources.use(await startSystem());
    proxy = resources.use(await startApiProxy(system.cluster));
    installation = resources.use(await system.prepare('mariadb'));
    await startLeader();
  });

  after(() => resources.disposeAsync());

  async function startLeader(): Promise<void> {
    replicas += 1;
    leader = await startReplica(installation, `replica-${replicas}`, { kubeconfig: proxy.kubeconfig, settings });
    await untilLeading([leader]);
  }

  async function replaceKilledLeader(): Promise<void> {
    leader.process.kill('SIGKILL');
    await startLeader();
  }

  async function submit(name: string, life = 'start 100ms; succeed after 200ms'): Promise<void> {
    const { namespace, user } = installation;
    await insertTasks(user, [aNewTask({ namespace, name, info: anInfo({ life }) })]);
  }

  function untilSucceeded(name: string): Promise<TaskRow> {
    return until(`${name} has succeeded`, async () => {
      const row = await readTask(installation.user, name);
      assert.equal(row.status, 'Succeeded', JSON.stringify(row));
      return row;
    });
  }

  async function createsOf(name: string): Promise<number> {
    const writes = await system.cluster.auditedJobWrites();
    return writes.filter((entry) => entry.name === name && hasCreated(entry)).length;
  }

  async function isThere(name: string): Promise<boolean> {
    return (await readJobs(system.cluster, installation.namespace)).some((job) => job.name === name);
  }

  for (const [how, sight] of [
    ['end', 'its connection end'],
    ['silence', 'nothing'],
    ['error', 'a fault of the server'],
  ] as const) {
    it(`is adopted when it came to be and the client sees ${sight}`, { timeout: 60_000 }, async () => {
      const name = `lost-by-${how}`;
      const lost = proxy.intercept(createsJob, { kind: 'lose the answer', how }, 1);
      await submit(name);

      const row = await untilSucceeded(name);

      assert.deepEqual(lost.answers, [201]);
      assert.equal(await createsOf(name), 1);
      await assertOneRecordedJobEach(system.cluster, [row]);
    });
  }

  it('is made once by the next leader after a crash before it', { timeout: 60_000 }, async () => {
    const held = proxy.intercept(createsJob, { kind: 'hold' }, 1);
    await submit('crash-before');
    await until('the create is on its way', () => assert.equal(held.seen.length, 1));
    const { attempt_id } = await readTask(installation.user, 'crash-before');
    assert.ok(attempt_id, 'the intent is committed before the create is sent');

    await replaceKilledLeader();
    const row = await untilSucceeded('crash-before');
    held.release();
    await until('the late create is refused', () => assert.deepEqual(held.answers, [409]));

    assert.equal(row.attempt_id, attempt_id);
    assert.equal(await createsOf('crash-before'), 1);
    await assertOneRecordedJobEach(system.cluster, [row]);
  });

  it('is adopted by the next leader after a crash behind it', { timeout: 60_000 }, async () => {
    const lost = proxy.intercept(createsJob, { kind: 'lose the answer', how: 'silence' }, 1);
    proxy.silenceWatches();
    await submit('crash-behind');
    await until('the create is answered', () => assert.deepEqual(lost.answers, [201]));
    assert.equal((await readTask(installation.user, 'crash-behind')).job_uid, null);

    proxy.passWatches();
    await replaceKilledLeader();
    const row = await untilSucceeded('crash-behind');

    assert.equal(await createsOf('crash-behind'), 1);
    await assertOneRecordedJobEach(system.cluster, [row]);
  });

  it('leaves a Job that is removed when it comes after the end of its attempt', { timeout: 60_000 }, async () => {
    const held = proxy.intercept(createsJob, { kind: 'hold' }, 1);
    await submit('too-late');
    await until('the create is on its way', () => assert.equal(held.seen.length, 1));
    await replaceKilledLeader();
    const row = await untilSucceeded('too-late');
    await system.cluster.kubectl(['delete', 'job', 'too-late', '-n', installation.namespace]);

    held.release();
    await until('the late create makes a Job', () => assert.deepEqual(held.answers, [201]));

    await until('that Job is removed', async () => assert.equal(await isThere('too-late'), false));
    assert.deepEqual(await readTask(installation.user, 'too-late'), row, 'it was never counted');
  });
});
