import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claimOne, endOne, keyOf, leaseMs, rowOf, setColumns, takenBy } from './given-rows.ts';

const message = "zähler 日本 😀 \\ ' %";
const failed = { status: 'Failed', reason: 'JobFailed', message, started: true, jobUid: aUid('1') } as const;
const wait = { delayMs: 60_000, waitReason: 'BackOff', waitMessage: 'words' } as const;

/** What a task store keeps of attempts that have ended, and how their rows go on. */
export function attemptsContract(subject: () => StoreUnderTest): void {
  describe('an attempt that has ended', () => {
    it('is kept with all that its row said of it, also when the row goes on to another', async () => {
      const { store, user } = subject();
      const first = await claimOne(subject());
      await store.recordEnd(epoch, [{ ...keyOf(first), ...failed, exitCode: 3, cleanUpSeconds: 60, hasLog: true }]);
      const ended = await rowOf(subject());
      await setColumns(subject(), '1', "status = 'Normal'");
      await store.claimNormal(epoch, ['1'], leaseMs);

      const [kept, ...others] = await readAttempts(user);

      assert.deepEqual(others, []);
      const { finished_at, log_due_at, clean_up_at, ...known } = kept ?? assert.fail();
      const { row_key, job_name, job_namespace, job_uid, claimed_at, started_at } = ended;
      const same = { row_key, job_name, job_namespace, job_uid, claimed_at, started_at: known.started_at };
      const words = { status: 'Failed', reason: 'JobFailed', message, exit_code: 3, epoch };
      const nothing = { log: null, log_cut: 0, log_note: null, ending: null };
      const identity = { attempt_id: first.attemptId, task_id: '1', attempt: 1 };
      assert.deepEqual(known, { ...identity, ...same, ...words, ...nothing });
      assert.ok(started_at !== null && finished_at !== null && log_due_at !== null && clean_up_at !== null);
      assert.equal(Math.round((Date.parse(clean_up_at) - Date.parse(finished_at)) / 1_000), 60);
    });

    it('keeps no log and no time for its Job where none was asked for', async () => {
      await endOne(subject());

      const [kept] = await readAttempts(subject().user);

      assert.deepEqual([kept?.log_due_at, kept?.clean_up_at, kept?.exit_code], [null, null, null]);
    });

    it('is kept as it was told last while its row could not be written', async () => {
      const { store, user } = subject();
      const task = await claimOne(subject());
      // As after a crash between the two statements: kept already, and open still.
      await store.recordEnd(epoch, [{ ...keyOf(task), ...failed }]);
      await setColumns(subject(), '1', 'finished_at = NULL');

      await store.recordEnd(epoch, [
        { ...keyOf(task), ...failed, status: 'Succeeded', reason: undefined, exitCode: 0 },
      ]);

      const kept = await readAttempts(user);
      assert.deepEqual(
        kept.map(({ status, reason, exit_code }) => [status, reason, exit_code]),
        [['Succeeded', null, 0]],
      );
    });
  });

  describe('an attempt that another follows', () => {
    it('leaves its row waiting, is kept as failed, and uses up a try', async () => {
      const { store, user } = subject();
      const task = await claimOne(subject());

      await store.recordRetry(epoch, [{ ...keyOf(task), ...failed, ...wait, isTry: true, exitCode: 3 }]);

      const row = await rowOf(subject());
      assert.deepEqual([row.status, row.reason, row.message], ['Pending', 'BackOff', 'words']);
      assert.deepEqual([row.tries, row.setbacks, row.exit_code, row.attempt], [1, 0, 3, 1]);
      assert.ok(row.finished_at !== null && row.next_check_at !== null);
      assert.equal(Math.round((Date.parse(row.next_check_at) - Date.parse(row.finished_at)) / 1_000), 60);
      const [kept] = await readAttempts(user);
      assert.deepEqual([kept?.status, kept?.reason, kept?.message], ['Failed', 'JobFailed', message]);
    });

    it('begins the next one when that is due, and counts on', async () => {
      const { store } = subject();
      const task = await claimOne(subject());
      await store.recordRetry(epoch, [{ ...keyOf(task), ...failed, ...wait, isTry: false }]);
      assert.deepEqual(takenBy(await store.claimNormal(epoch, ['1'], leaseMs)), []);
      await setColumns(subject(), '1', 'next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');

      const claimed = await store.claimNormal(epoch, ['1'], leaseMs);

      assert.ok(claimed.result === 'claimed');
      assert.deepEqual([claimed.tasks[0]?.number, claimed.tasks[0]?.jobName], [2, 'task-1-1-r2']);
      const row = await rowOf(subject());
      assert.deepEqual([row.tries, row.setbacks, row.exit_code, row.reason], [0, 1, null, null]);
    });

    it("begins at once, and counts anew, by its user's Normal", async () => {
      const { store } = subject();
      const task = await claimOne(subject());
      await store.recordRetry(epoch, [{ ...keyOf(task), ...failed, ...wait, isTry: true }]);
      await setColumns(subject(), '1', "status = 'Normal'");

      assert.deepEqual(takenBy(await store.claimNormal(epoch, ['1'], leaseMs)), ['1']);

      const { tries, setbacks } = await rowOf(subject());
      assert.deepEqual([tries, setbacks], [0, 0]);
    });

    it('is not begun while its user holds the row, or wants it later', async () => {
      const { store } = subject();
      for (const [id, wish] of [
        ['1', "desired = 'Suspend'"],
        ['2', "desired = 'Cancel'"],
        ['3', 'not_before = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR'],
      ] as const) {
        const task = await claimOne(subject(), id);
        await store.recordRetry(epoch, [
          { ...keyOf(task), ...failed, jobUid: aUid(id), ...wait, delayMs: -1, isTry: true },
        ]);
        await setColumns(subject(), id, wish);
      }

      assert.deepEqual(takenBy(await store.claimNormal(epoch, ['1', '2', '3'], leaseMs)), []);
    });
  });

  describe('what is learnt of an attempt after its end', () => {
    it('is written to its row while that is about it, and no longer', async () => {
      const { store } = subject();
      const task = await endOne(subject());
      const written = { result: 'written', passedOver: [] };

      assert.deepEqual(await store.recordDetail(epoch, [{ ...keyOf(task), exitCode: 3 }]), written);
      const before = await rowOf(subject());
      await setColumns(subject(), '1', "status = 'Normal'");
      await store.claimNormal(epoch, ['1'], leaseMs);

      assert.equal(before.exit_code, 3);
      assert.deepEqual(await store.recordDetail(epoch, [{ ...keyOf(task), exitCode: 4 }]), written);
      assert.equal((await rowOf(subject())).exit_code, null);
    });
  });
}
