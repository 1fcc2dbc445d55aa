import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { endStoreCalls } from '../../../src/store/end-store-calls.ts';
import { isStoreError } from '../../../src/store/store-error.ts';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { memoryTaskStore } from '../../support/memory-task-store.ts';

function aStore() {
  const database = new MemoryDatabase();
  const ended = new AbortController();
  return { database, ended, store: endStoreCalls(memoryTaskStore(database), ended.signal) };
}

describe('the store of a term', () => {
  it('has every call of the store', () => {
    const { store } = aStore();
    assert.deepEqual(
      Object.keys(store).toSorted(byName),
      Object.keys(memoryTaskStore(new MemoryDatabase())).toSorted(byName),
    );
  });

  it('answers as the store does, and leaves no listener on the signal', async () => {
    const { store, database, ended } = aStore();
    database.insert({ taskId: '1' });
    const { rows } = await store.listNormal(10, undefined);
    assert.deepEqual(
      rows.map(({ taskId }) => taskId),
      ['1'],
    );
    assert.equal(getEventListeners(ended.signal, 'abort').length, 0);
  });

  it('fails as the store does', async () => {
    const { store, database, ended } = aStore();
    database.onStatement = () => ({ kind: 'demoted' });
    await assert.rejects(store.listDue(1), (error) => isStoreError(error, 'demoted'));
    assert.equal(getEventListeners(ended.signal, 'abort').length, 0);
  });

  it('rejects what is under way when the term ends, though the database hangs', async () => {
    const { store, database, ended } = aStore();
    database.onStatement = () => new Promise(() => {});
    const calls = [store.listDue(1), store.readOpen('1'), store.recordReleased(1, [])];
    ended.abort(new RangeError('the term has ended'));
    for (const call of calls) await assert.rejects(call, /the term has ended/);
    assert.equal(getEventListeners(ended.signal, 'abort').length, 0);
  });

  it('sends nothing once the term has ended', async () => {
    const { store, database, ended } = aStore();
    ended.abort();
    await assert.rejects(store.listDue(1));
    assert.deepEqual(database.statements, []);
  });

  it('lets nobody hear of a call that fails after the term has ended', async () => {
    const { store, database, ended } = aStore();
    const failure = Promise.withResolvers<undefined>();
    database.onStatement = () => failure.promise;
    const call = store.listDue(1);
    ended.abort();
    await assert.rejects(call);
    failure.reject(new Error('connection lost'));
    await new Promise(setImmediate); // an unhandled rejection would fail the test
  });
});

function byName(left: string, right: string): number {
  return left.localeCompare(right);
}
