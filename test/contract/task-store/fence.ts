import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isStoreError } from '../../../src/store/store-error.ts';
import type { AttemptKey } from '../../../src/store/task-writes.ts';
import { readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import { everyWrite, openIds } from './every-write.ts';
import { claim, endOne, keyOf, submit } from './given-rows.ts';

const fenced = { result: 'fenced' };

/** What keeps a former leader from changing rows: the epoch, which every write is joined on. */
export function fenceContract(subject: () => StoreUnderTest): void {
  for (const { method, given, write } of everyWrite) {
    describe(`${method} of a former leader`, () => {
      it('changes nothing once the epoch has moved on, and says so', async () => {
        const keys = await givenRows();
        await given?.(subject());
        const before = await readAll();
        await subject().leaderStore.bump(epoch, 'the next one');

        assert.deepEqual(await write(subject(), keys), fenced);

        assert.deepEqual(await readAll(), before);
      });

      it('waits while the epoch is being moved, then changes nothing', async () => {
        const keys = await givenRows();
        await given?.(subject());
        const before = await readAll();
        await using bump = await beginBump();

        const writing = settled(write(subject(), keys));
        await untilItWaits();
        await bump.commit();

        // A wait that was too long for the lock wait of a second changed nothing either; the repetition tells why.
        const outcome = await writing;
        const result = outcome === 'waited too long' ? await write(subject(), keys) : outcome;
        assert.deepEqual(result, fenced);
        assert.deepEqual(await readAll(), before);
      });

      it('is carried out when the next leader takes its bump back', async () => {
        const keys = await givenRows();
        await given?.(subject());
        const before = await readAll();
        await using bump = await beginBump();

        const writing = settled(write(subject(), keys));
        await untilItWaits();
        await bump.rollback();

        const outcome = await writing;
        const result = outcome === 'waited too long' ? await write(subject(), keys) : outcome;
        assert.notEqual(result.result, 'fenced');
        assert.notDeepEqual(await readAll(), before);
      });
    });
  }

  /** Two open rows that are due, one that is Normal, one that the system before this one left, and one that has ended. */
  async function givenRows(): Promise<readonly AttemptKey[]> {
    const keys = (await claim(subject(), openIds)).map(keyOf);
    await subject().user.query('UPDATE task SET next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
    await submit(subject(), ['3']);
    await submit(subject(), ['4'], { status: 'Running' });
    await endOne(subject(), '5');
    return keys;
  }

  async function readAll() {
    return { tasks: await readTasks(subject().user), attempts: await readAttempts(subject().user) };
  }

  async function beginBump() {
    const next = await subject().connect();
    await next.beginTransaction();
    await next.query('UPDATE leader SET epoch = epoch + 1');
    return {
      commit: () => next.commit(),
      rollback: () => next.rollback(),
      // A test that fails in between must not leave the leader row locked for all that follow.
      [Symbol.asyncDispose]: () => next.rollback(),
    };
  }

  /** The server has begun the statement, and it has not come back some time later. */
  async function untilItWaits(): Promise<void> {
    const observer = await subject().connectAsService();
    const seen = async () => {
      const [rows] = await observer.query(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE '%STRAIGHT_JOIN leader%' AND ID <> CONNECTION_ID()",
      );
      assert.ok(Array.isArray(rows) && rows.length === 1, 'the statement is not under way');
    };
    await until('the statement is under way', seen);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await seen();
  }
}

async function settled(writing: Promise<{ readonly result: string }>) {
  try {
    return await writing;
  } catch (error) {
    if (isStoreError(error, 'lock-wait')) return 'waited too long';
    throw error;
  }
}
