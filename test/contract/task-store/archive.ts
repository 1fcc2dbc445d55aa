import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KyselyPlugin } from 'kysely';
import { createTaskStore } from '../../../src/store/mysql/task-store.ts';
import type { RetryWrite } from '../../../src/store/task-writes.ts';
import { readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claimOne, keyOf, rowOf, setColumns } from './given-rows.ts';

const end = { status: 'Failed', reason: 'ExitCode', message: 'words', started: true, jobUid: aUid('1') } as const;
const wait = { delayMs: 60_000, waitReason: 'BackOff', waitMessage: 'words', isTry: true };

/** What is kept of an attempt and its end are two statements: what holds between them. */
export function archiveContract(subject: () => StoreUnderTest): void {
  for (const method of ['recordEnd', 'recordRetry'] as const) {
    describe(`${method}, of a row that somebody held while it was kept and no longer while it was to end`, () => {
      it('does not end what was not kept, and does both when it is written again', async () => {
        const key = keyOf(await claimOne(subject()));
        const write: RetryWrite = { ...key, ...end, ...wait };
        const somebody = await subject().connect();
        await somebody.beginTransaction();
        await somebody.query('SELECT id FROM task WHERE id = 1 FOR UPDATE');
        const between = betweenStatements(() => somebody.rollback());
        const store = createTaskStore(subject().database.withPlugin(between.plugin));

        const first = await store[method](epoch, [write]);

        await between.acted;
        assert.deepEqual(first, { result: 'written', passedOver: [write] });
        assert.equal((await rowOf(subject())).finished_at, null);

        assert.deepEqual(await store[method](epoch, [write]), { result: 'written', passedOver: [] });
        assert.notEqual((await rowOf(subject())).finished_at, null);
        assert.equal((await readAttempts(subject().user)).length, 1);
      });
    });
  }

  describe('a retry', () => {
    it('is not written over a Cancel that was committed meanwhile', async () => {
      const { store } = subject();
      const key = keyOf(await claimOne(subject()));
      await setColumns(subject(), '1', "desired = 'Cancel'");
      await store.recordEnding(epoch, [{ ...key, ending: 'Cancelled', message: 'words' }]);

      await store.recordRetry(epoch, [{ ...key, ...end, ...wait }]);

      const { status, finished_at, ending } = await rowOf(subject());
      assert.deepEqual([status, finished_at, ending], ['Pending', null, 'Cancelled']);
      await store.recordEnd(epoch, [{ ...key, ...end }]);
      assert.equal((await rowOf(subject())).status, 'Failed');
    });
  });
}

/** Does something once between the two statements of a packet, for which it leaves time there. */
function betweenStatements(act: () => Promise<void>) {
  const { promise: acted, resolve } = Promise.withResolvers<void>();
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      if (node.kind !== 'RawNode' || !node.sqlFragments.includes('; ')) return node;
      setTimeout(() => resolve(act()), 100);
      const sqlFragments = node.sqlFragments.map((text) => (text === '; ' ? '; DO SLEEP(0.4); ' : text));
      return { ...node, sqlFragments };
    },
    transformResult: async ({ result }) => result,
  };
  return { plugin, acted };
}
