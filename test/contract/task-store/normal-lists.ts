import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NormalCursor, NormalWait } from '../../../src/store/task-store.ts';
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

    it('comes as soon as a look of the database finds what was submitted meanwhile', async () => {
      const { rows, tookMs } = await waited({ firstMs: 100, everyMs: 200, looks: 20 }, async () => {
        await sleep(150);
        await submit(subject(), ['1']);
      });
      assert.deepEqual(rows, [{ taskId: '1', openAttemptId: undefined, ...wanted }]);
      assert.ok(tookMs >= 295 && tookMs < 2_000, `${tookMs} ms`);
    });

    it('comes after the last look when there is nothing, and not before', async () => {
      const { rows, tookMs } = await waited({ firstMs: 150, everyMs: 100, looks: 4 });
      assert.deepEqual(rows, []);
      assert.ok(tookMs >= 445 && tookMs < 2_000, `${tookMs} ms`);
    });

    it('comes at the first look when there is a row already, whatever it is', async () => {
      await submit(subject(), ['1']);
      await setColumns(subject(), '1', "desired = 'Suspend'");
      const { rows, tookMs } = await waited({ firstMs: 50, everyMs: 3_000, looks: 2 });
      assert.equal(rows.length, 1);
      assert.ok(tookMs >= 45 && tookMs < 2_000, `${tookMs} ms`);
    });

    it('has only what is committed, though one that is not may end the wait', async () => {
      await subject().user.query('START TRANSACTION');
      await submit(subject(), ['1']);
      const { rows } = await waited({ firstMs: 20, everyMs: 20, looks: 3 });
      await subject().user.query('COMMIT');
      assert.deepEqual(rows, []);
      assert.deepEqual(await normalIds(10), ['1']);
    });

    it('lets somebody alter the table, though it waits again and again', async () => {
      let isAltered = false;
      const waits = async () => {
        while (!isAltered) await waited({ firstMs: 10, everyMs: 10, looks: 10 });
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

  async function waited(wait: NormalWait, meanwhile: () => Promise<void> = async () => {}) {
    const beganAtMs = performance.now();
    const [{ rows }] = await Promise.all([subject().store.listNormal(10, undefined, wait), meanwhile()]);
    return { rows, tookMs: performance.now() - beganAtMs };
  }

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
