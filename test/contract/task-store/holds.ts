import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import {
  aUid,
  claim,
  claimOne,
  holdRows,
  keyOf,
  leaseMs,
  rowKeyOf,
  rowOf,
  setColumns,
  submit,
  takenBy,
  want,
} from './given-rows.ts';

/** How a task store holds rows, lets them go on, and notes that their attempts are being ended. */
export function holdsContract(subject: () => StoreUnderTest): void {
  describe('a hold', () => {
    it('keeps a row that waits from being taken until it is resumed, which makes it due at once', async () => {
      const { store } = subject();
      await submit(subject(), ['1']);
      await want(subject(), 'Suspend');

      await store.hold(epoch, [await rowKeyOf(subject(), '1')]);

      const held = await rowOf(subject());
      assert.deepEqual([held.status, held.reason, held.wish], ['Suspended', 'Suspended', null]);
      await want(subject(), 'Run');
      assert.deepEqual(takenBy(await store.claimNormal(epoch, ['1'], leaseMs)), []);
      await store.resume(epoch, [await rowKeyOf(subject(), '1')]);
      const resumed = await rowOf(subject());
      assert.deepEqual([resumed.status, resumed.reason, resumed.message], ['Pending', null, null]);
      assert.deepEqual(await store.listDue(10), [{ taskId: '1', isOpen: false }]);
      assert.deepEqual(takenBy(await store.claimNormal(epoch, ['1'], leaseMs)), ['1']);
    });

    it('of an open attempt ends with its resumption, as if it were claimed then', async () => {
      const task = await claimOne(subject());
      const { store } = subject();
      await want(subject(), 'Suspend');
      await store.recordHeld(epoch, [keyOf(task)]);
      await setColumns(subject(), '1', 'claimed_at = claimed_at - INTERVAL 2 HOUR');
      await store.recordResumed(epoch, [keyOf(task)]);
      assert.equal((await rowOf(subject())).status, 'Suspended');
      await want(subject(), 'Run');

      await store.recordResumed(epoch, [keyOf(task)]);

      const { status, reason, message } = await rowOf(subject());
      assert.deepEqual([status, reason, message], ['Pending', null, null]);
      const claimed = await store.claimDue(epoch, ['1'], leaseMs);
      assert.ok(claimed.result === 'claimed');
      const [again] = claimed.tasks;
      assert.equal(again?.attemptId, task.attemptId);
      assert.ok((again?.ageMs ?? Number.POSITIVE_INFINITY) < 60_000);
    });

    it('of an open attempt ends with its release, also when somebody has the row when that comes', async () => {
      const task = await claimOne(subject());
      const { store } = subject();
      await want(subject(), 'Suspend');
      await store.recordHeld(epoch, [keyOf(task)]);
      await using held = await holdRows(subject(), ['1']);

      const released = await store.recordReleased(epoch, [keyOf(task)]);
      const waits = {
        ...keyOf(task),
        reason: 'Suspended',
        message: (await rowOf(subject())).message ?? '',
        delayMs: 9,
      };
      const waiting = await store.recordWaiting(epoch, [waits]);

      assert.deepEqual(released, { result: 'written', passedOver: [keyOf(task)] });
      assert.deepEqual(waiting, { result: 'written', passedOver: [waits] });
      await held[Symbol.asyncDispose]();
      await store.recordReleased(epoch, [keyOf(task)]);
      assert.deepEqual(await store.listDue(10), [{ taskId: '1', isOpen: true }]);
    });

    it('of an open attempt matches only one without a Job, not being ended, whose user still wants it', async () => {
      const tasks = await claim(subject(), ['1', '2', '3', '4']);
      const { store } = subject();
      for (const id of ['1', '2', '3']) await setColumns(subject(), id, "desired = 'Suspend'");
      await setColumns(subject(), '2', "ending = 'StartDeadline'");
      await setColumns(subject(), '3', `job_uid = '${aUid('3')}'`);

      await store.recordHeld(epoch, tasks.map(keyOf));

      const rows = await readTasks(subject().user);
      assert.deepEqual(
        rows.map(({ status }) => status),
        ['Suspended', 'Pending', 'Pending', 'Pending'],
      );
    });
  });

  describe('the intent to end an attempt', () => {
    it('is not committed once its user has taken the Cancel back', async () => {
      const task = await claimOne(subject());

      await subject().store.recordEnding(epoch, [{ ...keyOf(task), ending: 'Cancelled', message: 'words' }]);

      assert.equal((await rowOf(subject())).ending, null);
    });

    it('stays what it was first, has an attempt without a Job looked at, and leaves one with a Job alone', async () => {
      const [first, second] = await claim(subject(), ['1', '2']);
      const { store } = subject();
      const [without, withJob] = [first ?? assert.fail(), second ?? assert.fail()];
      await store.recordCreated(epoch, [{ ...keyOf(withJob), jobUid: aUid('2') }]);
      await want(subject(), 'Cancel');
      const end = (ending: 'Cancelled' | 'StartDeadline') =>
        store.recordEnding(
          epoch,
          [without, withJob].map((task) => ({ ...keyOf(task), ending, message: ending })),
        );

      await end('StartDeadline');
      const between = await rowOf(subject());
      await end('Cancelled');

      assert.deepEqual([between.ending, between.desired], ['StartDeadline', 'Cancel']);
      const rows = await readTasks(subject().user);
      assert.deepEqual(
        rows.map(({ ending, desired }) => [ending, desired]),
        [
          ['StartDeadline', 'Run'],
          ['StartDeadline', 'Run'],
        ],
      );
      assert.deepEqual(await store.listDue(10), [{ taskId: '1', isOpen: true }]);
      const due = await store.claimDue(epoch, ['1'], leaseMs);
      assert.ok(due.result === 'claimed');
      assert.equal(due.tasks[0]?.ending, 'StartDeadline');
      assert.equal((await store.readOpen('2'))?.ending, 'StartDeadline');
    });
  });
}
