import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AttemptRow, readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, rowOf, setColumns } from './given-rows.ts';
import { aLog, endDue } from './logs.ts';

/** What a task store does about the Jobs of attempts that have ended. */
export function cleanUpsContract(subject: () => StoreUnderTest): void {
  async function kept(attemptId: string): Promise<AttemptRow> {
    const [row] = await readAttempts(subject().user, 'attempt_id = ?', [attemptId]);
    return row ?? assert.fail('nothing was kept');
  }

  describe('a Job that is to be deleted', () => {
    it('is listed when its time has come and its log is stored, as intended once that is committed', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject());
      assert.deepEqual(await store.listCleanUps(10), []);
      await store.storeLog(epoch, [aLog(attemptId)]);
      const before = await rowOf(subject());
      assert.deepEqual(
        (await store.listCleanUps(10)).map(({ isIntended }) => isIntended),
        [false],
      );

      assert.equal(await store.intendCleanUp(epoch, [attemptId]), 'written');
      assert.deepEqual(
        (await store.listCleanUps(10)).map(({ isIntended }) => isIntended),
        [true],
      );
      assert.equal(await store.confirmCleanUp(epoch, [attemptId]), 'written');

      assert.deepEqual(await store.listCleanUps(10), []);
      const { clean_up_at, ending } = await kept(attemptId);
      assert.deepEqual([clean_up_at, ending], [null, 'CleanUp']);
      assert.deepEqual(await rowOf(subject()), before);
    });

    it('is listed later when that is postponed', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject(), { hasLog: false });
      await store.postponeCleanUp(epoch, attemptId, 60_000);
      assert.deepEqual(await store.listCleanUps(10), []);
    });
  });

  describe('what a report of somebody holds of the attempts', () => {
    it('is passed over, and the others are written at once', async () => {
      const { store } = subject();
      const ids = [await endDue(subject()), await endDue(subject(), { id: '2' })] as const;
      const somebody = await subject().connect();
      await somebody.beginTransaction();
      await somebody.query('SELECT * FROM task_attempt WHERE attempt_id = ? FOR UPDATE', [ids[0]]);
      const beganAtMs = performance.now();

      assert.equal(await store.intendCleanUp(epoch, ids), 'held');
      const [first, second] = [aLog(ids[0]), aLog(ids[1], { taskId: '2' })];
      assert.deepEqual(await store.storeLog(epoch, [first, second]), { result: 'written', passedOver: [first] });

      assert.ok(performance.now() - beganAtMs < 900, 'it waited for the lock');
      await somebody.rollback();
      assert.deepEqual([(await kept(ids[0])).ending, (await kept(ids[1])).ending], [null, 'CleanUp']);
    });

    it('is written though its row is held, for it is not about that', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject());
      const somebody = await subject().connect();
      await somebody.beginTransaction();
      await somebody.query('SELECT * FROM task FOR UPDATE');
      assert.deepEqual(await store.storeLog(epoch, [aLog(attemptId)]), { result: 'written', passedOver: [] });
      await somebody.rollback();
    });
  });

  describe('an attempt that ends again after a crash', () => {
    it('has its log and its clean-up due as it was told last', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject(), { hasLog: false });
      await setColumns(subject(), '1', 'finished_at = NULL');
      const end = { status: 'Failed', reason: 'ExitCode', message: 'words', started: true, jobUid: aUid('1') } as const;
      await store.recordEnd(epoch, [{ taskId: '1', attemptId, ...end, hasLog: true, cleanUpSeconds: 60 }]);
      const { log_due_at, clean_up_at, finished_at } = await kept(attemptId);
      assert.notEqual(log_due_at, null);
      assert.equal(Math.round((Date.parse(clean_up_at ?? '') - Date.parse(finished_at ?? '')) / 1_000), 60);
    });
  });
}
