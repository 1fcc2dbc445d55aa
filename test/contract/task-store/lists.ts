import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claim, claimOne, endOne, keyOf, setColumns, submit } from './given-rows.ts';

/** Above what a JavaScript number holds exactly. */
const greatId = '9007199254740993';

/** What else a task store reads: rows that are due or open, and single ones. */
export function listsContract(subject: () => StoreUnderTest): void {
  describe('the list of due rows', () => {
    it('has those whose time has come, longest due first', async () => {
      await claim(subject(), ['1', '2', '3', greatId]);
      await setColumns(subject(), '1', 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await setColumns(subject(), greatId, 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
      await setColumns(subject(), '3', 'next_check_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR');

      const [first, second] = [greatId, '1'].map((taskId) => ({ taskId, isOpen: true }));
      assert.deepEqual(await subject().store.listDue(10), [first, second]);
      assert.deepEqual(await subject().store.listDue(1), [first]);
    });

    it("has those between two attempts once their user's time has come too, and an open attempt before it", async () => {
      const past = 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND';
      const [early, late] = ['+', '-'].map((sign) => `not_before = UTC_TIMESTAMP(3) ${sign} INTERVAL 1 HOUR`);
      await claim(subject(), ['1']);
      await endOne(subject(), '2');
      await endOne(subject(), '3');
      await submit(subject(), ['4', '5'], { status: 'Pending' });
      for (const id of ['1', '3', '4']) await setColumns(subject(), id, `${past}, ${early}`);
      for (const id of ['2', '5']) await setColumns(subject(), id, `${past}, ${late}`);

      const due = await subject().store.listDue(10);

      assert.deepEqual(
        due.toSorted((left, right) => Number(left.taskId) - Number(right.taskId)),
        [
          { taskId: '1', isOpen: true },
          { taskId: '2', isOpen: false },
          { taskId: '5', isOpen: false },
        ],
      );
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
        ending: undefined,
        ...{ tries: 0, setbacks: 0 },
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
}

function anAttemptOf(task: Awaited<ReturnType<typeof claimOne>>) {
  const { info, infoBytes, isRetaken, ageMs, ending, desired, taskName, ...attempt } = task;
  return attempt;
}
