import assert from 'node:assert/strict';
import { endPods } from '../../support/end-pods.ts';
import { aNewTask, anInfo, insertTasks, readTasks, type TaskRow } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';

/** What users write over a task that runs, by the name of the task. */
const edits = {
  'info-to-garbage': `info = '{"image":'`,
  'info-emptied': `info = ''`,
  'other-namespace': `namespace = 'elsewhere'`,
  'status-normal': `status = 'Normal'`,
  'status-failed': `status = 'Failed'`,
  'status-succeeded': `status = 'Succeeded'`,
  'status-misspelt': `status = 'Runing'`,
  everything: `info = 'x', namespace = 'elsewhere', status = 'Normal', priority = 9, user_id = 3`,
} as const;
const names = Object.keys(edits);

export const editedRows: Fault = {
  number: 27,
  event: 'users edit info, namespace and status of tasks that run, before and during a change of leader',
  behaviour:
    "only nightwatch's own columns are written; the running attempt goes on; a status is put back, with a message",
  flavours: ['mariadb', 'mysql'],
  isInEveryRun: true,
  setUp: { loadEveryMs: 200, settings: steadyLease },
  async play(round) {
    const { namespace, installation, load } = round;
    await insertTasks(
      installation.user,
      names.map((name) => aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) })),
    );
    const running = await untilRunning(round);

    await edit(round);
    const edited = await untilRunning(round);
    assertSayPutBack(edited);
    const { leader, epoch } = await round.untilLeading();
    leader.process.kill('SIGKILL');
    await leader.process.exited;
    await edit(round);
    await round.untilLeading({ above: epoch });
    const takenOver = await untilRunning(round);
    assertSayPutBack(takenOver);
    assert.deepEqual(takenOver.map(attemptOf), running.map(attemptOf));
    await round.startReplica();

    await Promise.all(names.map((name) => endPods(round.system.cluster, { namespace, name })));
    for (const { name, namespace: newest } of takenOver) {
      load.expect({ name, namespace: newest, status: 'Succeeded' });
    }
  },
};

async function edit({ installation: { user } }: Round): Promise<void> {
  for (const [name, assignments] of Object.entries(edits)) {
    await user.query(`UPDATE task SET ${assignments} WHERE name = ?`, [name]);
  }
}

async function untilRunning({ installation: { user } }: Round): Promise<readonly TaskRow[]> {
  return patiently('all of them run, by their own word', async () => {
    const rows = await readTasks(user, 'name IN (?)', [names]);
    assert.deepEqual(new Set(rows.map(({ status }) => status)), new Set(['Running']));
    return rows;
  });
}

function assertSayPutBack(rows: readonly TaskRow[]): void {
  for (const { name, reason, message } of rows) {
    const isOfStatus = edits[name as keyof typeof edits].includes('status');
    assert.equal(reason, isOfStatus ? 'StatusPutBack' : null, `reason of ${name}`);
    if (isOfStatus) assert.match(message ?? '', /^status was set to '\w+' while the attempt is Running/);
  }
}

function attemptOf({ id, attempt, attempt_id, row_key, job_namespace, job_name, job_uid }: TaskRow): object {
  return { id, attempt, attempt_id, row_key, job_namespace, job_name, job_uid };
}
