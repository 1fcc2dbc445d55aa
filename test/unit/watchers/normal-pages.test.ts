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

const farMs = Number.POSITIVE_INFINITY;
const aWait = { untilTickMs: 3, intervalMs: 10 };
const never = () => new Promise<never>(() => {});

describe('the pages of Normal rows', () => {
  for (const [intervalMs, behindMs, looks] of [
    [10, 1_000, 25],
    [10, 205, 22],
    [10, 198, 21],
    [10, 10, 2],
    [10, 0, 1],
    [10, -1_000, 1],
    [30, 1_000, 8],
    [30, 70, 4],
    [1, 1_000, 25],
    [60_000, 1_000, 1],
    [undefined, 1_000, 1],
  ] as const) {
    it(`has the database look for ${behindMs} ms at most (interval ${intervalMs} ms)`, async () => {
      await using test = await somePages();
      test.database.insert({ taskId: '1' });
      const untilTickMs = 7;
      const dueAtMs = performance.now() + untilTickMs + behindMs;
      const page = await test.pages.next({ untilTickMs, intervalMs }, dueAtMs);
      assert.deepEqual(page, { taskIds: ['1'], hasNext: false });
      assert.deepEqual(test.waits, [{ firstMs: untilTickMs, everyMs: intervalMs ?? 250, looks }]);
    });
  }

  it('waits for no tick when none is to be waited for, nor for the pages behind the first', async () => {
    await using test = await somePages();
    for (const taskId of ['1', '2']) test.database.insert({ taskId, desired: 'Suspend' });
    test.database.insert({ taskId: '3' });
    assert.deepEqual(await test.pages.next(undefined, farMs), { taskIds: ['3'], hasNext: false });
    assert.deepEqual(test.waits, [undefined, undefined]);
    assert.deepEqual(await test.pages.next(aWait, farMs), { taskIds: ['3'], hasNext: false });
    assert.deepEqual(test.waits.slice(2), [{ firstMs: 3, everyMs: 10, looks: 25 }, undefined]);
  });

  it('says when there may be more behind a page', async () => {
    await using test = await somePages();
    for (const taskId of ['1', '2', '3']) test.database.insert({ taskId });
    assert.deepEqual(await test.pages.next(undefined, farMs), { taskIds: ['1', '2'], hasNext: true });
  });

  it('leaves the rest of a wait alone when the term takes no new work', async () => {
    await using test = await somePages({ listNormal: never });
    const next = test.pages.next(aWait, farMs);
    test.term.drain();
    assert.deepEqual(await next, { taskIds: [], hasNext: false });
  });

  it('fails with a wait that the end of the term breaks off', async () => {
    await using test = await somePages({ listNormal: never });
    const next = test.pages.next(aWait, farMs);
    test.term.end('over');
    await assert.rejects(next, { name: 'AbortError' });
  });

  it('fails with a wait that fails', async () => {
    await using test = await somePages({ listNormal: () => Promise.reject(new Error('of the database')) });
    await assert.rejects(test.pages.next(aWait, farMs), { message: 'of the database' });
  });
});
