import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NormalWait, TaskStore } from '../../../src/store/task-store.ts';
import { HeldRows } from '../../../src/watchers/dispatch/held-rows.ts';
import { NormalPages } from '../../../src/watchers/dispatch/normal-pages.ts';
import { aTermContext } from '../../support/term-context.ts';

/** Pages of a term's own database; notes each wait that it was asked for. */
async function somePages({ listNormal }: { listNormal?: () => Promise<never> } = {}) {
  const context = await aTermContext();
  const waits: (NormalWait | undefined)[] = [];
  const store: TaskStore = {
    ...context.store,
    listNormal(limit, after, wait) {
      waits.push(wait);
      return listNormal?.() ?? context.store.listNormal(limit, after, wait);
    },
  };
  const pages = new NormalPages({ ...context, store, pageSize: 2, held: new HeldRows() });
  return { ...context, pages, waits };
}

const aWait = { untilTickMs: 3, intervalMs: 10 };
const never = () => new Promise<never>(() => {});

describe('the pages of Normal rows', () => {
  for (const [intervalMs, looks] of [
    [10, 10],
    [30, 3],
    [1, 10],
    [60_000, 1],
    [undefined, 1],
  ] as const) {
    it(`has the database look at as many ticks as it may wait for (interval ${intervalMs} ms)`, async () => {
      await using test = await somePages();
      test.database.insert({ taskId: '1' });
      assert.deepEqual(await test.pages.next({ untilTickMs: 7, intervalMs }), { taskIds: ['1'], hasNext: false });
      assert.deepEqual(test.waits, [{ firstMs: 7, everyMs: intervalMs ?? 100, looks }]);
    });
  }

  it('waits for no tick when none is to be waited for, nor for the pages behind the first', async () => {
    await using test = await somePages();
    for (const taskId of ['1', '2']) test.database.insert({ taskId, desired: 'Suspend' });
    test.database.insert({ taskId: '3' });
    assert.deepEqual(await test.pages.next(undefined), { taskIds: ['3'], hasNext: false });
    assert.deepEqual(test.waits, [undefined, undefined]);
    assert.deepEqual(await test.pages.next(aWait), { taskIds: ['3'], hasNext: false });
    assert.deepEqual(test.waits.slice(2), [{ firstMs: 3, everyMs: 10, looks: 10 }, undefined]);
  });

  it('says when there may be more behind a page', async () => {
    await using test = await somePages();
    for (const taskId of ['1', '2', '3']) test.database.insert({ taskId });
    assert.deepEqual(await test.pages.next(undefined), { taskIds: ['1', '2'], hasNext: true });
  });

  it('leaves the rest of a wait alone when the term takes no new work', async () => {
    await using test = await somePages({ listNormal: never });
    const next = test.pages.next(aWait);
    test.term.drain();
    assert.deepEqual(await next, { taskIds: [], hasNext: false });
  });

  it('fails with a wait that the end of the term breaks off', async () => {
    await using test = await somePages({ listNormal: never });
    const next = test.pages.next(aWait);
    test.term.end('over');
    await assert.rejects(next, { name: 'AbortError' });
  });

  it('fails with a wait that fails', async () => {
    await using test = await somePages({ listNormal: () => Promise.reject(new Error('of the database')) });
    await assert.rejects(test.pages.next(aWait), { message: 'of the database' });
  });
});
