import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NormalCursor } from '../../../src/store/task-store.ts';
import type { StoreUnderTest } from '../../support/store-under-test.ts';
import { claimOne, endOne, setColumns, submit } from './given-rows.ts';

/** Above what a JavaScript number holds exactly. */
const greatId = '9007199254740993';
const greatestId = '9223372036854775807';
const wanted = { mayRun: true, isEarly: false };

/** The pages of Normal rows that a task store reads. */
export function normalListsContract(subject: () => StoreUnderTest): void {
  describe('the list of Normal rows', () => {
    it('has the highest priority first and then the lowest id, whatever was inserted last', async () => {
      await submit(subject(), ['30', '20'], { priority: 0 });
      await submit(subject(), ['25'], { priority: -1 });
      await submit(subject(), ['40'], { priority: 5 });
      await submit(subject(), ['10'], { priority: 0 });

      assert.deepEqual(await normalIds(10), ['40', '10', '20', '30', '25']);
    });

    it('is walked page by page to its end, also through rows of one priority', async () => {
      await submit(subject(), ['1', '2', '3', '4', '5'], { priority: 3 });
      await submit(subject(), ['6', '7'], { priority: -2 });

      assert.deepEqual(await pagesOf(3), [['1', '2', '3'], ['4', '5', '6'], ['7']]);
      assert.deepEqual((await pagesOf(7)).flat(), ['1', '2', '3', '4', '5', '6', '7']);
    });

    it('has only rows that were submitted', async () => {
      await submit(subject(), ['1'], { status: '' });
      await submit(subject(), ['2'], { status: 'Pending' });
      await submit(subject(), ['3'], { status: 'Failed' });
      await submit(subject(), ['4'], { status: 'Normally' });
      await submit(subject(), ['5']);

      assert.deepEqual(await normalIds(10), ['5']);
    });

    it('tells which open attempt a row has over which its user wrote Normal', async () => {
      const { attemptId } = await claimOne(subject(), '1');
      await endOne(subject(), '2');
      await submit(subject(), ['3']);
      for (const id of ['1', '2']) await setColumns(subject(), id, "status = 'Normal'");

      const { rows } = await subject().store.listNormal(10, undefined);

      assert.deepEqual(rows, [
        { taskId: '1', openAttemptId: attemptId, ...wanted },
        { taskId: '2', openAttemptId: undefined, ...wanted },
        { taskId: '3', openAttemptId: undefined, ...wanted },
      ]);
    });

    it('tells which rows their users want run, and which of them only later', async () => {
      await submit(subject(), ['1', '2', '3', '4', '5']);
      await setColumns(subject(), '2', "desired = 'Suspend'");
      await setColumns(subject(), '3', "desired = 'Cancel'");
      await setColumns(subject(), '4', 'not_before = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR');
      await setColumns(subject(), '5', 'not_before = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');

      const { rows } = await subject().store.listNormal(10, undefined);

      assert.deepEqual(
        rows.map(({ mayRun, isEarly }) => [mayRun, isEarly]),
        [
          [true, false],
          [false, false],
          [false, false],
          [true, true],
          [true, false],
        ],
      );
    });

    it('has what was submitted while the database waited, and comes no sooner than it was to', async () => {
      const beganAtMs = performance.now();
      const listing = subject().store.listNormal(10, undefined, 400);
      await sleep(100);
      await submit(subject(), ['1']);
      const { rows } = await listing;
      assert.deepEqual(rows, [{ taskId: '1', openAttemptId: undefined, ...wanted }]);
      const tookMs = performance.now() - beganAtMs;
      assert.ok(tookMs >= 395 && tookMs < 2_000, `${tookMs} ms`);
    });

    it('lets somebody alter the table, though it waits again and again', async () => {
      let isAltered = false;
      const waits = async () => {
        while (!isAltered) await subject().store.listNormal(10, undefined, 20);
      };
      const altering = async () => {
        await subject().user.query('SET SESSION lock_wait_timeout = 5');
        await subject().user.query('ALTER TABLE task ADD COLUMN of_somebody INT NULL');
      };
      await Promise.all([waits(), altering().finally(() => (isAltered = true))]);
    });

    it('keeps ids above 2^53 exact, also as the place to go on from', async () => {
      await submit(subject(), [greatId, '9007199254740994', greatestId]);

      assert.deepEqual(await pagesOf(1), [[greatId], ['9007199254740994'], [greatestId], []]);
    });
  });

  async function normalIds(limit: number): Promise<readonly string[]> {
    const { rows } = await subject().store.listNormal(limit, undefined);
    return rows.map(({ taskId }) => taskId);
  }

  async function pagesOf(limit: number): Promise<readonly (readonly string[])[]> {
    const pages: string[][] = [];
    let after: NormalCursor | undefined;
    do {
      const page = await subject().store.listNormal(limit, after);
      pages.push(page.rows.map(({ taskId }) => taskId));
      after = page.next;
    } while (after);
    return pages;
  }
}
