import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import { everyRecord, wantIn } from './every-record.ts';
import { claim, holdRows, keyOf } from './given-rows.ts';

const ids = Array.from({ length: 500 }, (_, index) => String(index + 1));
const heldIds = ['1', '250', '500'];
/** These keep what became of the attempts: of those that they end, and of no others. */
const keepsAttempts: readonly string[] = ['recordEnd', 'recordRetry'];
/** Far below the lock wait of a second that a statement which met a held row would take. */
const promptMs = 900;

/** What becomes of a batch some of whose rows a transaction of somebody else holds. */
export function heldRowsContract(subject: () => StoreUnderTest): void {
  describe('a batch of 500 with rows that somebody holds', () => {
    for (const record of everyRecord) {
      const { method, write, isWritten } = record;
      it(`is written at once to the others by ${method}, which tells those that still wait for it`, async () => {
        const keys = (await claim(subject(), ids)).map(keyOf);
        await wantIn(subject(), record);
        await using held = await holdRows(subject(), heldIds);
        const startedAtMs = performance.now();

        const result = await write(subject().store, epoch, keys);

        assert.ok(performance.now() - startedAtMs < promptMs);
        assert.ok(result.result === 'written');
        assert.deepEqual(new Set(result.passedOver.map(({ taskId }) => taskId)), new Set(heldIds));
        const kept = (await readAttempts(subject().user)).length;
        assert.equal(kept, keepsAttempts.includes(method) ? ids.length - heldIds.length : 0);
        await held[Symbol.asyncDispose]();
        const unwritten = (await readTasks(subject().user)).filter((row) => !isWritten(row));
        assert.deepEqual(
          unwritten.map(({ id }) => id),
          heldIds,
        );
        assert.deepEqual(await write(subject().store, epoch, result.passedOver), { result: 'written', passedOver: [] });
        assert.ok((await readTasks(subject().user)).every(isWritten));
      });
    }

    it('does not hold up the next leader', async () => {
      await claim(subject(), ['1', '2']);
      await using _held = await holdRows(subject(), ['1', '2']);

      assert.equal(await subject().leaderStore.bump(epoch, 'the next one'), true);
    });
  });

  it('a batch passes over a row that its user has changed and not committed, then takes it as it became', async () => {
    const keys = (await claim(subject(), ['1', '2'])).map(keyOf);
    await using transaction = new AsyncDisposableStack();
    const editor = transaction.adopt(await subject().connect(), (connection) => connection.rollback());
    await editor.beginTransaction();
    await editor.query("UPDATE task SET info = 'edited', status = 'Failed' WHERE id = 2");
    const end = {
      status: 'Succeeded',
      reason: undefined,
      message: undefined,
      jobUid: undefined,
      started: true,
    } as const;
    const writes = keys.map((key) => ({ ...key, ...end }));

    const first = await subject().store.recordEnd(epoch, writes);
    await editor.commit();

    assert.deepEqual(first, { result: 'written', passedOver: writes.slice(1) });
    assert.deepEqual(await subject().store.recordEnd(epoch, writes.slice(1)), { result: 'written', passedOver: [] });
    const rows = await readTasks(subject().user);
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['Succeeded', 'Succeeded'],
    );
    assert.equal(rows[1]?.info, 'edited');
  });
}
