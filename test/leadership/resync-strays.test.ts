import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { endPods } from '../support/end-pods.ts';
import { createJobByHand, type OwnLabels } from '../support/hand-made-job.ts';
import { readInstallation } from '../support/installation-row.ts';
import { readJobs } from '../support/recorded-jobs.ts';
import { type RunningInstallation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

const unlikeAnyOther = '00000000-0000-4000-8000-000000000000';

describe('Jobs of the installation that are not the recorded one of a row', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: RunningInstallation;
  let installationId: string;

  before(async () => {
    system = resources.use(await startSystem());
    installation = resources.use(await system.install('mariadb'));
    installationId = (await readInstallation(installation.user)).installation_id;
  });

  after(() => resources.disposeAsync());

  async function run(name: string): Promise<TaskRow> {
    const { user, namespace } = installation;
    await insertTasks(user, [aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) })]);
    return untilStatus(name, 'Running');
  }

  function untilStatus(name: string, status: string, attempt = 1): Promise<TaskRow> {
    return until(`${name} is ${status}`, async () => {
      const row = await readTask(installation.user, name);
      assert.deepEqual([row.status, row.attempt], [status, attempt]);
      return row;
    });
  }

  function labelsLike(row: TaskRow, overrides: Partial<OwnLabels> = {}): OwnLabels {
    const { id, row_key, attempt_id, attempt } = row;
    const own = { rowKey: row_key ?? '', attemptId: attempt_id ?? '', taskId: id, attempt };
    return { installation: installationId, ...own, ...overrides };
  }

  function create(name: string, labels: OwnLabels, life = 'hang'): Promise<string> {
    return createJobByHand(system.cluster, { name, namespace: installation.namespace, labels, life });
  }

  async function isThere(uid: string): Promise<boolean> {
    const jobs = await readJobs(system.cluster, installation.namespace);
    return jobs.some((job) => job.uid === uid && !job.isBeingDeleted);
  }

  async function untilRemoved(uid: string): Promise<void> {
    await until('it is removed', async () => assert.equal(await isThere(uid), false));
  }

  async function untilReported(message: RegExp): Promise<void> {
    await until('readiness reports it', async () => {
      const { status, text } = await installation.nightwatch.readyz();
      assert.equal(status, 200);
      assert.match(text, message);
    });
  }

  it('are removed when a running attempt has recorded another', { timeout: 60_000 }, async () => {
    const row = await run('running');
    const leftover = await create('running-made-twice', labelsLike(row));

    await untilRemoved(leftover);

    assert.ok(await isThere(row.job_uid ?? ''));
    assert.deepEqual(await readTask(installation.user, 'running'), row, 'it was never counted');
  });

  it('are removed when an ended attempt had recorded another', { timeout: 60_000 }, async () => {
    const { namespace } = installation;
    await run('ended');
    await endPods(system.cluster, { namespace, name: 'ended' });
    const row = await untilStatus('ended', 'Succeeded');
    const leftover = await create('ended-made-twice', labelsLike(row), 'exit 1');

    await untilRemoved(leftover);

    assert.ok(await isThere(row.job_uid ?? ''));
    assert.deepEqual(await readTask(installation.user, 'ended'), row);
  });

  it('are removed when they are of an earlier attempt and still run', { timeout: 60_000 }, async () => {
    const { namespace, user } = installation;
    await run('again');
    await endPods(system.cluster, { namespace, name: 'again' }, 'Failed');
    const first = await untilStatus('again', 'Failed');
    await user.query(`UPDATE task SET status = 'Normal' WHERE name = 'again'`);
    const second = await untilStatus('again', 'Running', 2);
    assert.notEqual(second.attempt_id, first.attempt_id);
    const leftover = await create('again-earlier', labelsLike(second, { attempt: 1, attemptId: unlikeAnyOther }));

    await untilRemoved(leftover);

    assert.ok(await isThere(first.job_uid ?? ''), 'what has ended stays until its time is over');
    assert.ok(await isThere(second.job_uid ?? ''));
  });

  it('are kept and reported when no row carries them, and removed by choice', { timeout: 60_000 }, async () => {
    const row = await run('with-a-namesake');
    const ofAnotherRow = await create('other-row-key', labelsLike(row, { rowKey: unlikeAnyOther }));
    const ofALaterAttempt = await create('later', labelsLike(row, { attempt: 7, attemptId: unlikeAnyOther }));
    const ofNoRow = await create('no-row', labelsLike(row, { taskId: '999999', rowKey: unlikeAnyOther }));
    const { namespace } = installation;
    const foreign = await createJobByHand(system.cluster, { name: 'foreign', namespace });
    const orphans = [ofAnotherRow, ofALaterAttempt, ofNoRow];

    await untilReported(/3 jobs run that no row carries/);
    for (const uid of orphans) assert.ok(await isThere(uid));

    await installation.nightwatch.process.stop();
    await installation.start({ settings: { NIGHTWATCH_ORPHANS: 'delete' } });
    for (const uid of orphans) await untilRemoved(uid);
    assert.ok(await isThere(foreign), 'what carries no installation is never touched');
    assert.ok(await isThere(row.job_uid ?? ''));
  });
});
