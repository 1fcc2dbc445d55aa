import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogWrite } from '../../../src/store/attempt-store.ts';
import { type AttemptRow, readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claimOne, keyOf, rowOf } from './given-rows.ts';

const text = "zähler 日本 😀 \\ ' %\nlast";

const written = { result: 'written', passedOver: [] } as const;

/** The log of an attempt, as it is stored. */
export function aLog(attemptId: string, overrides: Partial<LogWrite> = {}): LogWrite {
  return { taskId: '1', attemptId, text, isCut: false, note: undefined, exitCode: undefined, ...overrides };
}

/** Ends an attempt whose log is due and whose Job is to be deleted by now; returns its id. */
export async function endDue(
  subject: StoreUnderTest,
  { id = '1', hasLog = true, exitCode = undefined as number | undefined } = {},
): Promise<string> {
  const task = await claimOne(subject, id);
  const end = { status: 'Failed', reason: 'ExitCode', message: 'words', started: true, jobUid: aUid(id) } as const;
  await subject.store.recordEnd(epoch, [{ ...keyOf(task), ...end, hasLog, cleanUpSeconds: 0, exitCode }]);
  return task.attemptId;
}

/** How a task store keeps the logs of attempts. */
export function logsContract(subject: () => StoreUnderTest): void {
  async function kept(attemptId: string): Promise<AttemptRow> {
    const [row] = await readAttempts(subject().user, 'attempt_id = ?', [attemptId]);
    return row ?? assert.fail('nothing was kept');
  }

  describe('a log', () => {
    it('is due from the end of its attempt until it is stored, whatever it holds', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject());
      const [due, ...others] = await store.listLogsDue(10);
      const { sinceEndMs, ...known } = due ?? assert.fail('none is due');
      assert.deepEqual(others, []);
      assert.ok(sinceEndMs >= 0 && sinceEndMs < 60_000);
      const job = { namespace: 'demo', jobName: 'task-1', jobUid: aUid('1') };
      assert.deepEqual(known, { attemptId, taskId: '1', ...job, status: 'Failed', exitCode: undefined });

      assert.deepEqual(await store.storeLog(epoch, [aLog(attemptId, { isCut: true, exitCode: 3 })]), written);

      const { log, log_cut, log_note, exit_code, log_due_at } = await kept(attemptId);
      assert.deepEqual([log, log_cut, log_note, exit_code, log_due_at], [text, 1, null, 3, null]);
      assert.deepEqual(await store.listLogsDue(10), []);
    });

    it('is stored with those of others, each as it is', async () => {
      const { store } = subject();
      const ids = [await endDue(subject()), await endDue(subject(), { id: '2', exitCode: 4 })] as const;
      const none = { taskId: '2', text: undefined, note: 'gone', exitCode: 5 };
      assert.deepEqual(await store.storeLog(epoch, [aLog(ids[0], { exitCode: 3 }), aLog(ids[1], none)]), written);
      const found = [await kept(ids[0]), await kept(ids[1])];
      assert.deepEqual(
        found.map(({ log, log_note, exit_code, log_due_at }) => [log, log_note, exit_code, log_due_at]),
        [
          [text, null, 3, null],
          [null, 'gone', 4, null],
        ],
      );
    });

    it('may be as large as the largest that is kept', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject());
      const large = '日'.repeat(1024 * 1024);
      assert.deepEqual(await store.storeLog(epoch, [aLog(attemptId, { text: large })]), written);
      assert.equal((await kept(attemptId)).log, large);
    });

    it('that there is none has a note why, and leaves an exit code that is known', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject(), { exitCode: 4 });
      const note = `why ${'日'.repeat(300)}`;
      await store.storeLog(epoch, [aLog(attemptId, { text: undefined, note, exitCode: 5 })]);
      const { log, log_note, exit_code, log_due_at } = await kept(attemptId);
      assert.deepEqual([log, log_note, exit_code, log_due_at], [null, note.slice(0, 255), 4, null]);
    });

    it('that is postponed is due later', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject());
      assert.equal(await store.postponeLog(epoch, attemptId, 60_000), 'written');
      assert.deepEqual(await store.listLogsDue(10), []);
      await store.postponeLog(epoch, attemptId, -1);
      assert.equal((await store.listLogsDue(10)).length, 1);
    });

    it('comes in the order in which it fell due', async () => {
      const { store } = subject();
      const ids = [await endDue(subject()), await endDue(subject(), { id: '2' })] as const;
      await store.postponeLog(epoch, ids[0], -1);
      await store.postponeLog(epoch, ids[1], -2_000);
      const due = await store.listLogsDue(10);
      assert.deepEqual(
        due.map(({ attemptId }) => attemptId),
        [ids[1], ids[0]],
      );
      assert.equal((await store.listLogsDue(1)).length, 1);
    });
  });

  describe('the log of an attempt that is still open', () => {
    it('is stored beside its row, and stays when the attempt has ended', async () => {
      const { store } = subject();
      const task = await claimOne(subject());
      const { attemptId } = task;
      const before = await rowOf(subject());
      assert.equal(await store.storeOpenLog(epoch, aLog(attemptId)), 'written');
      assert.deepEqual(await rowOf(subject()), before);
      assert.deepEqual(await store.listLogsDue(10), []);

      const end = { status: 'Cancelled', reason: 'Cancelled', message: 'words', started: true } as const;
      await store.recordEnd(epoch, [{ ...keyOf(task), ...end, jobUid: aUid('1'), cleanUpSeconds: 60 }]);

      const { log, status, clean_up_at, job_name, job_uid, claimed_at, finished_at } = await kept(attemptId);
      assert.deepEqual([log, status, job_name, job_uid], [text, 'Cancelled', 'task-1', aUid('1')]);
      assert.ok(clean_up_at !== null && claimed_at !== null && finished_at !== null);
    });

    it('is stored anew, and not lost to a second look that finds none', async () => {
      const { store } = subject();
      const task = await claimOne(subject());
      const { attemptId } = task;
      await store.storeOpenLog(epoch, aLog(attemptId));
      assert.equal(await store.storeOpenLog(epoch, aLog(attemptId, { text: 'more' })), 'written');
      const end = { status: 'Succeeded', reason: undefined, message: undefined, started: true } as const;
      await store.recordEnd(epoch, [{ ...keyOf(task), ...end, jobUid: aUid('1'), hasLog: true }]);
      await store.storeLog(epoch, [aLog(attemptId, { text: undefined, note: 'its pods were gone' })]);
      const { log, log_note, log_due_at } = await kept(attemptId);
      assert.deepEqual([log, log_note, log_due_at], ['more', null, null]);
    });

    it('is not stored of one that has ended, or of another one', async () => {
      const { store } = subject();
      const attemptId = await endDue(subject());
      const write = aLog(attemptId, { text: 'late' });
      assert.equal(await store.storeOpenLog(epoch, write), 'held');
      assert.equal(await store.storeOpenLog(epoch, { ...write, attemptId: 'another' }), 'held');
      assert.equal((await readAttempts(subject().user)).length, 1);
      assert.equal((await kept(attemptId)).log, null);
    });
  });
}
