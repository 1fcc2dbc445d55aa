import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import { aUid, claim, keyOf } from './given-rows.ts';

const hostileWords = [
  "'; DELETE FROM task; -- ",
  "\\'; DELETE FROM task; -- ",
  "\\\\'; DELETE FROM task_attempt; # ",
  '"; DROP TABLE task; /*',
  "\uFF07; DELETE FROM task; \u0000'",
  "? ?' ; ? -- ",
];

/** Words from servers and rows are never statements, although a connection takes several of these at once. */
export function hostileWordsContract(subject: () => StoreUnderTest): void {
  describe('words that look like the end of a statement and the start of another', () => {
    it('are kept as they are, in a row that ends and in what is kept of its attempt', async () => {
      const ids = hostileWords.map((_, index) => String(index + 1));
      const tasks = await claim(subject(), ids);
      const ends = tasks.map((task, index) => ({
        ...({ ...keyOf(task), status: 'Failed', reason: 'JobFailed', message: hostileWords[index] } as const),
        ...{ jobUid: aUid(task.taskId), started: true },
      }));

      assert.deepEqual(await subject().store.recordEnd(epoch, ends), { result: 'written', passedOver: [] });

      const rows = await readTasks(subject().user);
      assert.deepEqual(
        rows.map(({ message }) => message),
        hostileWords,
      );
      const attempts = await readAttempts(subject().user);
      assert.deepEqual(new Set(attempts.map(({ message }) => message)), new Set(hostileWords));
    });
  });
}
