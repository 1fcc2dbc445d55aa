import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NormalCursor } from '../../../src/store/task-store.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claim, claimOne, endOne, keyOf, setColumns, submit } from './given-rows.ts';

/** Above what a JavaScript number holds exactly. */
const greatId = '9007199254740993';
const greatestId = '9223372036854775807';

/** What a task store reads: pages of rows that wait, are due or are open. */
export function listsContract(subject: () => StoreUnderTest): void {
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
        { taskId: '1', openAttemptId: attemptId },
        { taskId: '2', openAttemptId: undefined },
        { taskId: '3', openAttemptId: undefined },
      ]);
    });

    it('keeps ids above 2^53 exact, also as the place to go on from', async () => {
      await submit(subject(), [greatId, '9007199254740994', greatestId]);

      assert.deepEqual(await pagesOf(1), [[greatId], ['9007199254740994'], [greatestId], []]);
    });
  });

  describe('the list of due rows', () => {
    it('has those whose time has come, longest due first', async () => {
      await claim(subject(), ['1', '2', '3', greatId]);
      await setColumns(subject(), '1', 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await setColumns(subject(), greatId, 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
      await setColumns(subject(), '3', 'next_check_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR');

      assert.deepEqual(await subject().store.listDue(10), [greatId, '1']);
      assert.deepEqual(await subject().store.listDue(1), [greatId]);
    });
  });

  describe('the list of open attempts', () => {
    it('has every open attempt once, page by page, whatever its status says', async () => {
      const tasks = await claim(subject(), ['1', '2', '3', '4', '5']);
      await endOne(subject(), '6');
      await submit(subject(), ['7']);
      await setColumns(subject(), '2', "status = 'Failed'");
      await setColumns(subject(), '3', "status = 'nonsense'");

      const pages: string[][] = [];
      let after: string | undefined;
      do {
        const page = await subject().store.listOpen(2, after);
        pages.push(page.attempts.map(({ taskId }) => taskId));
        after = page.next;
      } while (after !== undefined);

      assert.deepEqual(pages.flat().toSorted(), tasks.map(({ taskId }) => taskId).toSorted());
      assert.ok(pages.every((page) => page.length <= 2));
    });

    it('tells all that is known of an attempt', async () => {
      const task = await claimOne(subject());
      const { store } = subject();
      await store.recordCreated(epoch, [{ ...keyOf(task), jobUid: aUid('1') }]);
      const state = { status: 'Running', reason: 'WaitingForPods', message: 'words', started: true } as const;
      await store.recordProgress(epoch, [{ ...keyOf(task), ...state }]);

      const { attempts } = await store.listOpen(10, undefined);

      const expected = {
        ...anAttemptOf(task),
        epoch,
        jobUid: aUid('1'),
        status: 'Running',
        reason: 'WaitingForPods',
        started: true,
        isInherited: false,
      };
      assert.deepEqual(attempts, [expected]);
      assert.deepEqual(await store.readOpen('1'), expected);
    });
  });

  describe('single rows', () => {
    it('are read as open only until their attempt has ended', async () => {
      const task = await endOne(subject());
      const { store } = subject();

      assert.equal(await store.readOpen('1'), undefined);
      assert.equal(await store.readOpen('2'), undefined);
      assert.equal(await store.isCarried(keyOf(task)), true);
      assert.equal(await store.isCarried({ ...keyOf(task), attemptId: 'another' }), false);
      assert.equal(await store.isCarried({ ...keyOf(task), taskId: '2' }), false);
    });

    it('tell who they are, ended or not, unless they never had an attempt', async () => {
      const open = await claimOne(subject(), greatId);
      const ended = await endOne(subject(), '2');
      await submit(subject(), ['3']);

      const identities = await subject().store.readIdentities([greatId, '2', '3', '4']);

      const byId = new Map(
        identities.map(({ taskId, isOpen, attemptId, rowKey, jobUid }) => [
          taskId,
          { isOpen, attemptId, rowKey, jobUid },
        ]),
      );
      assert.equal(byId.size, 2);
      const { attemptId, rowKey } = open;
      assert.deepEqual(byId.get(greatId), { isOpen: true, attemptId, rowKey, jobUid: undefined });
      assert.equal(byId.get('2')?.isOpen, false);
      assert.equal(byId.get('2')?.attemptId, ended.attemptId);
      assert.deepEqual(await subject().store.readIdentities([]), []);
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

function anAttemptOf(task: Awaited<ReturnType<typeof claimOne>>) {
  const { info, infoBytes, isRetaken, ageMs, ...attempt } = task;
  return attempt;
}
