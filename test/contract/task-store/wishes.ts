import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import {
  claimOne,
  endOne,
  holdRows,
  idsOf,
  leaseMs,
  rowKeyOf,
  rowOf,
  setColumns,
  submit,
  takenBy,
  want,
} from './given-rows.ts';

const pastCheck = 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND';
const futureStart = 'not_before = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR';
const cancelled = { answer: 'cancelled', reason: 'Cancelled', message: 'words' } as const;

/** What a task store does about users' wishes where no attempt is open. */
export function wishesContract(subject: () => StoreUnderTest): void {
  describe('rows that are not claimed', () => {
    it('are those that their users hold, cancel or want later', async () => {
      await submit(subject(), ['1', '2', '3', '4']);
      await setColumns(subject(), '1', "desired = 'Suspend'");
      await setColumns(subject(), '2', "desired = 'Cancel'");
      await setColumns(subject(), '3', futureStart);

      assert.deepEqual(takenBy(await subject().store.claimNormal(epoch, ['1', '2', '3', '4'], leaseMs)), ['4']);
    });
  });

  describe('a delay', () => {
    it('has Normal rows wait for the time that their users set, moved or not', async () => {
      const { store } = subject();
      await submit(subject(), ['1', '2']);
      await setColumns(subject(), '1', futureStart);
      await setColumns(subject(), '2', futureStart);

      assert.equal(await store.delay(epoch, ['1', '2']), 'written');

      const row = await rowOf(subject());
      assert.deepEqual([row.status, row.reason, row.attempt], ['Pending', 'Delayed', 0]);
      assert.deepEqual(await store.listDue(10), []);
      await setColumns(subject(), '1', 'not_before = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await setColumns(subject(), '2', 'not_before = NULL');
      assert.deepEqual(idsOf(await store.listDue(10)).toSorted(), ['1', '2']);
      assert.deepEqual(takenBy(await store.claimNormal(epoch, ['1', '2'], leaseMs)), ['1', '2']);
    });

    it('matches only rows that are Normal, to run, and early', async () => {
      await submit(subject(), ['1', '2', '3', '4']);
      await setColumns(subject(), '2', `${futureStart}, desired = 'Suspend'`);
      await setColumns(subject(), '3', `${futureStart}, status = 'Failed'`);
      await claimOne(subject(), '5');
      await setColumns(subject(), '5', `${futureStart}, status = 'Normal'`);
      await setColumns(subject(), '4', 'not_before = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
      const before = await readTasks(subject().user);

      await subject().store.delay(epoch, ['1', '2', '3', '4', '5', '404']);

      assert.deepEqual(await readTasks(subject().user), before);
    });
  });

  describe('the answer to a Cancel', () => {
    it('cancels a row that waits, and takes the Cancel back', async () => {
      await submit(subject(), ['1']);
      await setColumns(subject(), '1', `desired = 'Cancel', ${pastCheck}`);

      await subject().store.answerCancel(epoch, [{ ...(await rowKeyOf(subject(), '1')), ...cancelled }]);

      const row = await rowOf(subject());
      assert.deepEqual([row.status, row.reason, row.message, row.desired], ['Cancelled', 'Cancelled', 'words', 'Run']);
      assert.deepEqual([row.next_check_at, row.finished_at === null, row.epoch], [null, false, epoch]);
    });

    it('refuses it of a row that has ended, and changes nothing else than its message', async () => {
      await endOne(subject());
      await setColumns(subject(), '1', "desired = 'Cancel'");
      const before = await rowOf(subject());
      const refused = { answer: 'refused', reason: undefined, message: 'it has ended' } as const;

      await subject().store.answerCancel(epoch, [{ ...(await rowKeyOf(subject(), '1')), ...refused }]);

      assert.deepEqual(await rowOf(subject()), { ...before, message: 'it has ended', desired: 'Run', wish: null });
    });

    for (const [what, change] of [
      ['its user has taken it back', "desired = 'Run'"],
      ['its user has changed the status', "status = 'Failed'"],
      ['its user has changed only the case of the status', "status = 'normal'"],
    ] as const) {
      it(`matches nothing once ${what}`, async () => {
        await submit(subject(), ['1']);
        await want(subject(), 'Cancel');
        const key = await rowKeyOf(subject(), '1');
        await setColumns(subject(), '1', change);
        const before = await rowOf(subject());

        await subject().store.answerCancel(epoch, [{ ...key, ...cancelled }]);

        assert.deepEqual(await rowOf(subject()), before);
      });
    }

    it('matches nothing once an attempt has begun', async () => {
      await submit(subject(), ['1']);
      const key = await rowKeyOf(subject(), '1');
      await subject().store.claimNormal(epoch, ['1'], leaseMs);
      await setColumns(subject(), '1', "status = 'Normal', desired = 'Cancel'");
      const before = await rowOf(subject());

      await subject().store.answerCancel(epoch, [{ ...key, ...cancelled }]);

      assert.deepEqual(await rowOf(subject()), before);
    });
  });

  it('wishes of rows that somebody holds are passed over, and those of the others carried out at once', async () => {
    await submit(subject(), ['1', '2', '3']);
    await want(subject(), 'Cancel');
    const keys = await Promise.all(['1', '2', '3'].map((id) => rowKeyOf(subject(), id)));
    await using _held = await holdRows(subject(), ['2']);
    const startedAtMs = performance.now();

    const result = await subject().store.answerCancel(
      epoch,
      keys.map((key) => ({ ...key, ...cancelled })),
    );

    assert.equal(result, 'written');
    assert.ok(performance.now() - startedAtMs < 900);
    const rows = await readTasks(subject().user);
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['Cancelled', 'Normal', 'Cancelled'],
    );
  });
}
