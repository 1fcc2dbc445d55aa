import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import { everyRecord, wantIn } from './every-record.ts';
import { aUid, claim, claimOne, endOne, keyOf, rowOf, setColumns } from './given-rows.ts';

const written = { result: 'written', passedOver: [] };

/** What a task store writes about attempts, and what it leaves alone. */
export function recordsContract(subject: () => StoreUnderTest): void {
  for (const record of everyRecord) {
    const { method, write, isWritten, needsNoJob } = record;
    describe(method, () => {
      it('is written to every row of a batch, and again without another result', async () => {
        const keys = (await claim(subject(), ['1', '2', '9007199254740993'])).map(keyOf);
        await wantIn(subject(), record);
        const [first, again] = [await write(subject().store, epoch, keys), await write(subject().store, epoch, keys)];

        assert.deepEqual([first, again], [written, written]);
        const rows = await readTasks(subject().user);
        assert.deepEqual(rows.map(isWritten), [true, true, true]);
        assert.ok(rows.every((row) => row.epoch === epoch));
      });

      it('is written whatever word the user has put into the status', async () => {
        const task = await claimOne(subject());
        await wantIn(subject(), record);
        await setColumns(subject(), '1', "status = 'Normal'");

        assert.deepEqual(await write(subject().store, epoch, [keyOf(task)]), written);
        assert.notEqual((await rowOf(subject())).epoch, 0);
      });

      it('matches nothing by another attempt id, or where there is no row', async () => {
        await claimOne(subject());
        await wantIn(subject(), record);
        const before = await readTasks(subject().user);
        const keys = [
          { taskId: '1', attemptId: 'another' },
          { taskId: '404', attemptId: 'another' },
        ];

        assert.deepEqual(await write(subject().store, epoch, keys), written);
        assert.deepEqual(await readTasks(subject().user), before);
      });

      it('changes nothing of an attempt that has ended', async () => {
        const task = await endOne(subject());
        await wantIn(subject(), record);
        const before = [await rowOf(subject()), await readAttempts(subject().user)];

        assert.deepEqual(await write(subject().store, epoch, [keyOf(task)]), written);
        assert.deepEqual([await rowOf(subject()), await readAttempts(subject().user)], before);
      });

      it(
        needsNoJob ? 'matches nothing once the attempt has a Job' : 'is written of an attempt with its Job',
        async () => {
          const task = await claimOne(subject());
          await subject().store.recordCreated(epoch, [{ ...keyOf(task), jobUid: aUid('1') }]);
          await wantIn(subject(), record);
          await setColumns(subject(), '1', 'epoch = 1');

          assert.deepEqual(await write(subject().store, epoch, [keyOf(task)]), written);
          assert.equal((await rowOf(subject())).epoch, needsNoJob ? 1 : epoch);
        },
      );

      it('leaves alone what belongs to the user', async () => {
        const task = await claimOne(subject());
        const theirs = {
          name: 'another',
          namespace: 'elsewhere',
          info: 'garbage',
          user_id: '77',
          priority: -3,
          not_before: '2030-01-01 00:00:00.000',
        };
        await subject().user.query('UPDATE task SET ? WHERE id = 1', [theirs]);
        await wantIn(subject(), record);

        await write(subject().store, epoch, [keyOf(task)]);

        const { name, namespace, info, user_id, priority, not_before } = await rowOf(subject());
        assert.deepEqual({ name, namespace, info, user_id, priority, not_before }, theirs);
      });
    });
  }

  describe('the Job of an attempt', () => {
    it('is recorded once: a second uid changes nothing', async () => {
      const task = await claimOne(subject());
      await subject().store.recordCreated(epoch, [{ ...keyOf(task), jobUid: aUid('1') }]);

      await subject().store.recordCreated(epoch, [{ ...keyOf(task), jobUid: aUid('2') }]);

      assert.equal((await rowOf(subject())).job_uid, aUid('1'));
    });

    it('is the only one whose end ends the attempt', async () => {
      const task = await claimOne(subject());
      await subject().store.recordCreated(epoch, [{ ...keyOf(task), jobUid: aUid('1') }]);
      const end = { status: 'Succeeded', reason: undefined, message: undefined, started: true } as const;

      await subject().store.recordEnd(epoch, [{ ...keyOf(task), ...end, jobUid: aUid('2') }]);
      const open = await rowOf(subject());
      await subject().store.recordEnd(epoch, [{ ...keyOf(task), ...end, jobUid: undefined }]);

      assert.equal(open.finished_at, null);
      const ended = await rowOf(subject());
      assert.deepEqual([ended.status, ended.job_uid], ['Succeeded', aUid('1')]);
    });
  });

  describe('the start of an attempt', () => {
    it('is recorded once, and stays when the Job is suspended and started again', async () => {
      const task = await claimOne(subject());
      const { store } = subject();
      const running = { status: 'Running', reason: undefined, message: undefined, started: true } as const;
      await store.recordProgress(epoch, [{ ...keyOf(task), ...running }]);
      await setColumns(subject(), '1', "started_at = '2026-01-01 00:00:00'");

      await store.recordProgress(epoch, [
        { ...keyOf(task), status: 'Suspended', reason: 'Suspended', message: 'words', started: false },
      ]);
      await store.recordProgress(epoch, [{ ...keyOf(task), ...running }]);

      const row = await rowOf(subject());
      assert.deepEqual([row.status, row.started_at], ['Running', '2026-01-01 00:00:00.000']);
    });
  });

  describe('a wait', () => {
    it('is due after its delay by the clock of the database', async () => {
      const task = await claimOne(subject());

      await subject().store.recordWaiting(epoch, [
        { ...keyOf(task), reason: 'Forbidden', message: 'words', delayMs: -1 },
      ]);
      const due = await subject().store.listDue(10);
      await subject().store.recordWaiting(epoch, [
        { ...keyOf(task), reason: 'Forbidden', message: 'words', delayMs: 60_000 },
      ]);

      assert.deepEqual(due, [{ taskId: '1', isOpen: true }]);
      assert.deepEqual(await subject().store.listDue(10), []);
    });
  });
}
