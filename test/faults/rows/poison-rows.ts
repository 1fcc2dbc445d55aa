import assert from 'node:assert/strict';
import { aNewTask, anInfo, readTask, readTasks } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { poisonTasks } from './poison-tasks.ts';

const copies = 300;
const others = 40;

export const poisonRows: Fault = {
  number: 36,
  event: 'poison rows: broken JSON, 64 KiB - 1 of it, 10 MB, wrong types, unicode, names that are none',
  behaviour: 'Failed with a reason; all other rows proceed at full speed',
  flavours: ['mariadb', 'mysql'],
  isInEveryRun: true,
  setUp: { untouchedNamespaces: 1 },
  async play(round) {
    const { namespace, load, installation } = round;
    await installation.user.query('ALTER TABLE task MODIFY info MEDIUMTEXT NOT NULL');
    const poison = poisonTasks();
    for (const { task, reason } of poison) {
      await load.submit([{ ...task, namespace }], { status: 'Failed', reason });
    }
    await submitCopies(round);
    await submitOthers(round);
    await load.submit(
      [aNewTask({ namespace, name: 'harmless-unicode', info: anInfo({ env: { GREETING: '任务 😀 \u202e' } }) })],
      { status: 'Succeeded' },
    );

    await patiently('all of the poison has failed', async () => {
      const rows = await readTasks(installation.user, "name NOT LIKE 'load-%' AND finished_at IS NULL");
      assert.deepEqual(
        rows.map(({ name }) => name),
        [],
      );
    });
    for (const { task } of poison) {
      const { message, job_uid } = await readTask(installation.user, task.name);
      assert.ok(message !== null && message.length > 20 && message.length <= 1_000, `${task.name}: ${message}`);
      assert.equal(job_uid, null);
    }
  },
};

/** So many that they fill a page of rows. */
async function submitCopies({ namespace, load }: Round): Promise<void> {
  const info = '{'.repeat(10_000);
  const names = Array.from({ length: copies }, (_, index) => `copy-${index + 1}`);
  await load.submit(
    names.map((name) => aNewTask({ namespace, name, info })),
    { status: 'Failed', reason: 'InvalidSpec' },
  );
}

/** Rows behind all of that: the checker knows how soon they have to have their Jobs. */
async function submitOthers({ namespace, load }: Round): Promise<void> {
  const names = Array.from({ length: others }, (_, index) => `other-${index + 1}`);
  await load.submit(
    names.map((name) => aNewTask({ namespace, name })),
    { status: 'Succeeded', isUntouched: true },
  );
}
