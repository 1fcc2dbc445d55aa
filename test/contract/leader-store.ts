import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epoch, type StoreUnderTest } from '../support/store-under-test.ts';
import { until } from '../support/until.ts';

/** The row that says who leads: a name that is written once, and an epoch that only ever grows by one. */
export function leaderStoreContract(subject: () => StoreUnderTest): void {
  describe('the leader row', () => {
    it('takes the name of the first lock and keeps it', async () => {
      const { leaderStore } = subject();

      await leaderStore.recordLockName('first');
      await leaderStore.recordLockName('second');

      assert.deepEqual(await leaderStore.read(), { lockName: 'first', epoch, holder: undefined });
    });

    it('gives the next epoch to the one who knows the present one', async () => {
      const { leaderStore, user } = subject();

      assert.equal(await leaderStore.bump(epoch, 'one/term'), true);
      assert.equal(await leaderStore.bump(epoch, 'two/term'), false);
      assert.equal(await leaderStore.bump(epoch + 2, 'two/term'), false);

      assert.deepEqual(await leaderStore.read(), { lockName: undefined, epoch: epoch + 1, holder: 'one/term' });
      const [rows] = await user.query(
        'SELECT ABS(TIMESTAMPDIFF(SECOND, acquired_at, UTC_TIMESTAMP())) < 60 AS is_recent FROM leader',
      );
      assert.ok(Array.isArray(rows) && rows[0] && 'is_recent' in rows[0]);
      assert.equal(Number(rows[0].is_recent), 1);
    });

    it('gives an epoch to one of many who ask at once', async () => {
      const { leaderStore } = subject();

      const taken = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((holder) => leaderStore.bump(epoch, holder)));

      assert.deepEqual(taken.toSorted(), [false, false, false, false, true]);
      assert.equal((await leaderStore.read()).epoch, epoch + 1);
    });

    it('lets the next leader wait for a write of the former one that is under way', async () => {
      const { leaderStore } = subject();
      const former = await subject().connect();
      await former.beginTransaction();
      await former.query('SELECT epoch FROM leader WHERE id = 1 LOCK IN SHARE MODE');
      let isTaken = false;

      const taking = leaderStore.bump(epoch, 'the next one').then((taken) => {
        isTaken = taken;
      });
      const observer = await subject().connectAsService();
      await until('the bump is under way', async () => {
        const [rows] = await observer.query(
          "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'update `leader`%'",
        );
        assert.ok(Array.isArray(rows) && rows.length === 1);
      });
      assert.equal(isTaken, false);
      await former.commit();

      await taking;
      assert.equal(isTaken, true);
    });
  });
}
