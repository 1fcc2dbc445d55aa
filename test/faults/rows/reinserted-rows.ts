import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { countTasks } from '../../support/count-tasks.ts';
import { endPods } from '../../support/end-pods.ts';
import { readJobs } from '../../support/recorded-jobs.ts';
import { aNewTask, anInfo, insertTasks, readTask, type TaskRow } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';

/** The load gets none of them: those before the first, and behind it those after. */
const ids = { deleted: 1_000_000, truncated: 900_000 } as const;

export const reinsertedRows: Fault = {
  number: 29,
  event: 'row deleted, then the table truncated, and the row inserted again with the same id and name',
  behaviour: 'waits as Pending(NameConflict) while the old Job runs, replaces it once it has ended',
  flavours: ['mariadb', 'mysql'],
  isInEveryRun: true,
  setUp: { loadEveryMs: 200, settings: steadyLease },
  async play(round) {
    const { user } = round.installation;
    await replaceWhileItRuns(round, 'deleted', (name) => user.query('DELETE FROM task WHERE name = ?', [name]));

    // No trigger sees what is truncated away: nothing that is unfinished may go with it, or its end would be missed.
    await round.load.stop();
    await patiently('all have ended', async () => assert.equal(await countTasks(user, 'finished_at IS NULL'), 0));
    await replaceWhileItRuns(round, 'truncated', () => user.query('TRUNCATE TABLE task'));
  },
};

async function replaceWhileItRuns(
  round: Round,
  name: keyof typeof ids,
  remove: (name: string) => ReturnType<Connection['query']>,
): Promise<void> {
  const { system, namespace, installation, load } = round;
  const task = aNewTask({ namespace, id: ids[name], name, info: anInfo({ life: 'hang' }) });
  await insertTasks(installation.user, [task]);
  const old = await untilStatus(round, name, 'Running');

  await remove(name);
  await load.submit([{ ...task, info: anInfo() }], { status: 'Succeeded' });
  const waiting = await untilStatus(round, name, 'Pending', 'NameConflict');
  assert.equal(waiting.job_uid, null);
  assert.notEqual(waiting.row_key, old.row_key, 'it is another row');
  assert.deepEqual(await uidsOf(round, name), [old.job_uid], 'the old Job is kept, and no other is made');

  await endPods(system.cluster, { namespace, name });
  const ended = await untilStatus(round, name, 'Succeeded');
  assert.equal(ended.attempt_id, waiting.attempt_id);
  assert.notEqual(ended.job_uid, old.job_uid, 'it was never adopted by mistake');
  assert.deepEqual(await uidsOf(round, name), [ended.job_uid], 'the old Job was replaced');
}

function untilStatus(
  { installation: { user } }: Round,
  name: string,
  status: string,
  reason: string | null = null,
): Promise<TaskRow> {
  // A name that is taken is tried again after half of the time that it has been so.
  return patiently(`the row is ${status}`, async () => {
    const row = await readTask(user, name);
    assert.deepEqual([row.status, row.reason], [status, reason], JSON.stringify(row));
    return row;
  });
}

async function uidsOf({ system, namespace }: Round, name: string): Promise<readonly string[]> {
  return (await readJobs(system.cluster, namespace)).filter((job) => job.name === name).map(({ uid }) => uid);
}
