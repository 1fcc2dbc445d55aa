import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WishedRow } from '../../../src/store/wish-store.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claim, endOne, idsOf, keyOf, rowOf, setColumns, submit, want } from './given-rows.ts';

const pastCheck = 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND';

/** How a task store tells what users want of their rows. */
export function wishListsContract(subject: () => StoreUnderTest): void {
  describe('the list of wishes', () => {
    it('tells of each row in which stage it is', async () => {
      const [, withJob] = await claim(subject(), ['1', '2']);
      await subject().store.recordCreated(epoch, [{ ...keyOf(withJob ?? assert.fail()), jobUid: aUid('2') }]);
      await endOne(subject(), '3');
      await endOne(subject(), '4');
      await setColumns(subject(), '4', "status = 'Normal'");
      await endOne(subject(), '5');
      await setColumns(subject(), '5', `status = 'Pending', ${pastCheck}`);
      await submit(subject(), ['6']);
      await submit(subject(), ['7'], { status: 'Suspended' });
      await setColumns(subject(), '7', "reason = 'Suspended'");
      await submit(subject(), ['9'], { status: 'Suspended' });
      await submit(subject(), ['8'], { status: 'Running' });
      await submit(subject(), ['9007199254740993'], { status: '' });
      await want(subject(), 'Cancel');

      const rows = await subject().store.listWishes('Cancel', 100);

      assert.deepEqual(
        rows.map(({ taskId, status, stage, hasJob, attemptId }) => [
          taskId,
          status,
          stage,
          hasJob,
          attemptId !== undefined,
        ]),
        [
          ['1', 'Pending', 'open', false, true],
          ['2', 'Pending', 'open', true, true],
          ['3', 'Succeeded', 'ended', true, true],
          ['4', 'Normal', 'waiting', true, true],
          ['5', 'Pending', 'waiting', true, true],
          ['6', 'Normal', 'waiting', false, false],
          ['7', 'Suspended', 'waiting', false, false],
          ['8', 'Running', 'ended', false, false],
          ['9', 'Suspended', 'ended', false, false],
          ['9007199254740993', '', 'ended', false, false],
        ],
      );
    });

    it('is known to be empty without being read', async () => {
      const { store } = subject();
      await submit(subject(), ['1', '2']);
      assert.equal(await store.hasWishes(), false);

      for (const desired of ['Suspend', 'Cancel'] as const) {
        await want(subject(), desired);
        assert.equal(await store.hasWishes(), true, desired);
      }
    });

    it('is walked by id', async () => {
      await submit(subject(), ['1', '2', '9007199254740993']);
      await want(subject(), 'Suspend');
      const { store } = subject();

      assert.deepEqual(idsOf(await store.listWishes('Suspend', 2)), ['1', '2']);
      assert.deepEqual(idsOf(await store.listWishes('Suspend', 2, '2')), ['9007199254740993']);
      assert.deepEqual(idsOf(await store.listWishes('Suspend', 2, '9007199254740993')), []);
    });

    it('has only rows that do not do what their users want', async () => {
      const statuses = ['Normal', 'Pending', 'Running', 'Suspended', 'Succeeded', 'Failed', 'Cancelled', 'Unknown', ''];
      for (const [index, status] of statuses.entries()) await submit(subject(), [String(index + 1)], { status });
      const told = async (wish: WishedRow['wish']) =>
        (await subject().store.listWishes(wish, 100)).map(({ status }) => status);

      assert.deepEqual([await told('Cancel'), await told('Suspend'), await told('Resume')], [[], [], ['Suspended']]);
      await want(subject(), 'Suspend');
      assert.deepEqual(
        [await told('Cancel'), await told('Suspend'), await told('Resume')],
        [[], ['Normal', 'Pending', 'Running'], []],
      );
      await want(subject(), 'Cancel');
      assert.deepEqual([await told('Cancel'), await told('Suspend'), await told('Resume')], [statuses, [], []]);
    });

    for (const word of ['cancel', 'CANCEL', 'Cancel ', ' Cancel', 'Run ', 'Suspend  ', 'Stop', '']) {
      it(`has no room for '${word}', which its user is told at once`, async () => {
        await submit(subject(), ['1']);

        await assert.rejects(subject().user.query('UPDATE task SET desired = ? WHERE id = 1', [word]), /constraint/i);

        assert.equal((await rowOf(subject())).desired, 'Run');
      });
    }
  });
}
