import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claim, holdRows, keyOf, leaseMs, leaseOf, setColumns, submit, takenBy } from './given-rows.ts';

/** How a task store takes up again what was claimed before and has no Job yet. */
export function dueClaimsContract(subject: () => StoreUnderTest): void {
  describe('a claim of due rows', () => {
    it('takes up again what is due and has no Job, as the same attempt, with a new lease', async () => {
      const [due, created, later, ended] = await claim(subject(), ['1', '2', '3', '4']);
      assert.ok(due && created && later && ended);
      const { store } = subject();
      await store.recordCreated(epoch, [{ ...keyOf(created), jobUid: aUid('2') }]);
      const end = {
        status: 'Failed',
        reason: 'InvalidName',
        message: 'words',
        jobUid: undefined,
        started: false,
      } as const;
      await store.recordEnd(epoch, [{ ...keyOf(ended), ...end }]);
      for (const id of ['1', '2', '4'])
        await setColumns(subject(), id, 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await setColumns(subject(), '1', "status = 'Normal', claimed_at = claimed_at - INTERVAL 1 HOUR");

      const claimed = await store.claimDue(epoch, ['1', '2', '3', '4'], 45_000);

      assert.ok(claimed.result === 'claimed');
      const [again, ...others] = claimed.tasks;
      assert.deepEqual(others, []);
      assert.ok(again);
      assert.deepEqual({ ...again, ageMs: 0 }, { ...due, isRetaken: true, ageMs: 0 });
      assert.ok(again.ageMs >= 3_600_000 && again.ageMs < 3_660_000);
      assert.deepEqual(await leaseOf(subject(), '1', 'UTC_TIMESTAMP(3)'), 45_000);
    });

    it('reads an attempt that somebody else has written as one without a name', async () => {
      await submit(subject(), ['1'], { status: 'Pending' });
      await setColumns(subject(), '1', "attempt_id = 'mine', next_check_at = '2000-01-01'");

      const claimed = await subject().store.claimDue(epoch, ['1'], leaseMs);

      assert.ok(claimed.result === 'claimed');
      const [task] = claimed.tasks;
      assert.deepEqual([task?.attemptId, task?.rowKey, task?.namespace, task?.jobName], ['mine', '', '', '']);
      const { attempts } = await subject().store.listOpen(10, undefined);
      assert.deepEqual(
        attempts.map(({ rowKey, namespace, jobName }) => [rowKey, namespace, jobName]),
        [['', '', '']],
      );
    });

    it('passes over rows that somebody holds', async () => {
      await claim(subject(), ['1', '2', '3']);
      await subject().user.query('UPDATE task SET next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await using _held = await holdRows(subject(), ['2']);

      assert.deepEqual(takenBy(await subject().store.claimDue(epoch, ['1', '2', '3'], leaseMs)), ['1', '3']);
    });
  });
}
