import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import { aUid, claim, endOne, holdRows, rowOf, setColumns, submit } from './given-rows.ts';

const written = { result: 'written', passedOver: [] };
const words = { reason: 'JobDeleted', message: 'words' };

/** Rows that the system before this one left open. */
export function inheritedContract(subject: () => StoreUnderTest): void {
  describe('rows of the system before', () => {
    it('are found by its words for an open task, as long as they have no attempt of ours', async () => {
      await submit(subject(), ['1'], { status: 'Pending' });
      await submit(subject(), ['2'], { status: 'Running' });
      await submit(subject(), ['3'], { status: 'Unknown' });
      await submit(subject(), ['4'], { status: 'Succeeded' });
      await submit(subject(), ['5'], { status: 'Normal' });
      await submit(subject(), ['6'], { status: '' });
      await claim(subject(), ['7']);
      await endOne(subject(), '8');
      await subject().user.query("UPDATE task SET status = 'Running' WHERE id = 8");

      const rows = await subject().store.listInherited(['demo'], 10);

      assert.deepEqual(
        rows.toSorted((left, right) => Number(left.taskId) - Number(right.taskId)),
        ['1', '2', '3'].map((taskId) => ({ taskId, name: `task-${taskId}`, namespace: 'demo' })),
      );
      assert.equal((await subject().store.listInherited(['demo'], 2)).length, 2);
      assert.deepEqual(await subject().store.listInherited(['elsewhere'], 10), []);
    });

    it('get an attempt with the Job that was found, and keep their status', async () => {
      await submit(subject(), ['1'], { status: 'Running' });

      assert.deepEqual(await subject().store.recordInherited(epoch, [aWrite('1', aUid('1'))]), written);

      const row = await rowOf(subject());
      assert.deepEqual(
        [row.status, row.attempt, row.attempt_id, row.row_key, row.job_namespace, row.job_name, row.job_uid],
        ['Running', 1, 'inherited-1', 'inherited-1', 'demo', 'task-1', aUid('1')],
      );
      assert.deepEqual([row.reason, row.message, row.finished_at], [null, null, null]);
      const { attempts } = await subject().store.listOpen(10, undefined);
      assert.deepEqual(
        attempts.map(({ taskId, isInherited }) => ({ taskId, isInherited })),
        [{ taskId: '1', isInherited: true }],
      );
    });

    it('get an attempt whatever number somebody has set before', async () => {
      await submit(subject(), ['1', '2'], { status: 'Running' });
      await setColumns(subject(), '1', 'attempt = 2147483647');

      assert.deepEqual(
        await subject().store.recordInherited(epoch, [aWrite('1', aUid('1')), aWrite('2', aUid('2'))]),
        written,
      );

      assert.deepEqual([(await rowOf(subject())).attempt, (await rowOf(subject(), '2')).attempt], [2_147_483_647, 1]);
    });

    it('fail with the reason that is given where there is no Job', async () => {
      await submit(subject(), ['1'], { status: 'Pending' });

      await subject().store.recordInherited(epoch, [aWrite('1', undefined)]);

      const row = await rowOf(subject());
      assert.deepEqual([row.status, row.reason, row.message, row.job_uid], ['Failed', 'JobDeleted', 'words', null]);
      assert.ok(row.finished_at);
    });

    it('are left alone when they were taken over, ended or submitted anew meanwhile', async () => {
      await claim(subject(), ['1']);
      await submit(subject(), ['2'], { status: 'Normal' });
      await submit(subject(), ['3'], { status: 'Failed' });
      const before = await readTasks(subject().user);

      const writes = ['1', '2', '3', '404'].map((id) => aWrite(id, aUid(id)));

      assert.deepEqual(await subject().store.recordInherited(epoch, writes), written);
      assert.deepEqual(await readTasks(subject().user), before);
    });

    it('that somebody holds are passed over and told', async () => {
      await submit(subject(), ['1', '2'], { status: 'Running' });
      await using _held = await holdRows(subject(), ['2']);
      const writes = ['1', '2'].map((id) => aWrite(id, aUid(id)));

      assert.deepEqual(await subject().store.recordInherited(epoch, writes), {
        result: 'written',
        passedOver: writes.slice(1),
      });
    });
  });
}

function aWrite(taskId: string, jobUid: string | undefined) {
  return { taskId, name: `task-${taskId}`, namespace: 'demo', attemptId: `inherited-${taskId}`, jobUid, ...words };
}
