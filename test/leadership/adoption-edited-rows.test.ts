import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { endPods } from '../support/end-pods.ts';
import { assertNoOtherJobs, assertOneRecordedJobEach } from '../support/recorded-jobs.ts';
import { type Replica, startReplica, untilLeading } from '../support/replicas.ts';
import { type Installation, type RunningSystem, startSystem } from '../support/running-system.ts';
import { assertNoStaleWrite, keepTaskJournal, readTaskJournal } from '../support/task-journal.ts';
import { aNewTask, anInfo, insertTasks, readTasks, type TaskRow } from '../support/task-rows.ts';
import { until } from '../support/until.ts';

/** What users write over a task that runs, by the name of the task. */
const edits = {
  'info-to-garbage': `info = '{"image":'`,
  'info-emptied': `info = ''`,
  'other-namespace': `namespace = 'elsewhere'`,
  'status-normal': `status = 'Normal'`,
  'status-failed': `status = 'Failed'`,
  'status-misspelt': `status = 'Runing'`,
  everything: `info = 'x', namespace = 'elsewhere', status = 'Normal', priority = 9, user_id = 3`,
} as const;
const names = Object.keys(edits);

describe('rows that their users edit while their tasks run', () => {
  const resources = new AsyncDisposableStack();
  let system: RunningSystem;
  let installation: Installation;
  let started = 0;

  before(async () => {
    system = resources.use(await startSystem());
    installation = resources.use(await system.prepare('mariadb'));
    await keepTaskJournal(installation.user);
  });

  after(() => resources.disposeAsync());

  it('are followed to the end of the running attempt, also by the next leader', { timeout: 90_000 }, async () => {
    const { user, namespace } = installation;
    const { leader, epoch, others } = await untilLeading(await startTwo());
    await insertTasks(
      user,
      names.map((name) => aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) })),
    );
    const running = await untilAll('Running');

    await editAll();
    await untilAll('Running');
    await editAll();
    leader.process.kill('SIGKILL');
    await untilLeading(others, { above: epoch });
    await untilAll('Running');
    for (const name of names) await endPods(system.cluster, { namespace, name });
    const ended = await untilAll('Succeeded');

    assert.deepEqual(ended.map(attemptOf), running.map(attemptOf));
    const emptied = ended.find(({ name }) => name === 'info-emptied');
    assert.equal(emptied?.info, '', 'what users write stays');
    assertNoStaleWrite(await readTaskJournal(user));
    await assertOneRecordedJobEach(system.cluster, ended);
    await assertNoOtherJobs(system.cluster, ended);
    await Promise.all(others.map((replica) => replica.process.stop()));
  });

  it('are told so also when the next leader puts a status back', { timeout: 90_000 }, async () => {
    const { user, namespace } = installation;
    await user.query('DELETE FROM task');
    const { leader } = await untilLeading(await startTwo());
    await insertTasks(user, [aNewTask({ namespace, name: 'between-leaders', info: anInfo({ life: 'hang' }) })]);
    await untilAll('Running');

    leader.process.kill('SIGKILL');
    await leader.process.exited;
    await user.query(`UPDATE task SET status = 'Normal'`);

    const row = await until('the status is put back', async () => {
      const [found] = await readTasks(user);
      assert.equal(found?.status, 'Running');
      return found;
    });
    assert.equal(row.reason, 'StatusPutBack');
    assert.match(row.message ?? '', /'Normal'/);
  });

  async function startTwo(): Promise<readonly Replica[]> {
    const settings = { NIGHTWATCH_WATCHERS: 'resync=@every 500ms' };
    started += 2;
    return [
      await startReplica(installation, `replica-${started - 1}`, { settings }),
      await startReplica(installation, `replica-${started}`, { settings }),
    ];
  }

  async function editAll(): Promise<void> {
    for (const [name, edit] of Object.entries(edits)) {
      await installation.user.query(`UPDATE task SET ${edit} WHERE name = ?`, [name]);
    }
  }

  async function untilAll(status: string): Promise<readonly TaskRow[]> {
    return until(`all are ${status}`, async () => {
      const rows = await readTasks(installation.user);
      assert.deepEqual(new Set(rows.map((row) => row.status)), new Set([status]));
      return rows;
    });
  }
});

function attemptOf({ id, attempt, attempt_id, row_key, job_namespace, job_name, job_uid }: TaskRow): object {
  return { id, attempt, attempt_id, row_key, job_namespace, job_name, job_uid };
}
