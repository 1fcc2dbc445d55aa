import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreError } from '../../../src/store/store-error.ts';
import { mockTime, turn } from '../../support/mock-time.ts';
import { aFlusher, aWrite } from './a-flusher.ts';

describe('a row that somebody holds', () => {
  it('delays no other row, and is written soon after it is free', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.held.add('2');
    for (const id of [1, 2, 3]) test.flusher.add(aWrite(id, 5));
    await test.flusher.drain();
    assert.deepEqual([...test.values.keys()], ['1', '3']);
    assert.equal(test.flusher.isPending('attempt-2'), true);
    test.held.clear();
    await time.advance(100, 10);
    assert.equal(test.values.get('2'), 5);
    assert.equal(test.flusher.isPending('attempt-2'), false);
  });

  it('is tried with pauses that double up to five seconds', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.held.add('1');
    test.flusher.add(aWrite(1));
    await turn();
    const triesMs: number[] = [];
    for (let passedMs = 0; passedMs < 40_000; passedMs += 10) {
      const before = test.statements.length;
      await time.advance(10, 10);
      if (test.statements.length > before) triesMs.push(passedMs);
    }
    const pausesMs = triesMs.map((triedMs, index) => triedMs - (triesMs[index - 1] ?? 0));
    for (const [index, pauseMs] of pausesMs.entries()) {
      const fullMs = Math.min(50 * 2 ** index, 5_000);
      assert.ok(pauseMs >= fullMs * 0.75 - 20 && pauseMs <= fullMs * 1.25 + 40, `${pauseMs} ms after ${index} tries`);
    }
    assert.ok(pausesMs.length >= 10);
  });

  it('is written with the newest value once it is free', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.held.add('1');
    for (const value of [1, 2, 3]) {
      test.flusher.add(aWrite(1, value));
      await time.advance(20, 10);
    }
    test.held.clear();
    await time.advance(1_000);
    assert.equal(test.values.get('1'), 3);
    const written = test.statements.length;
    await time.advance(20_000);
    assert.equal(test.statements.length, written);
  });

  it('is not tried again when a newer value was written meanwhile', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.held.add('1');
    test.flusher.add(aWrite(1, 1));
    await turn();
    test.held.clear();
    test.flusher.add(aWrite(1, 2));
    await time.advance(20_000);
    assert.deepEqual([test.statements.length, test.values.get('1')], [2, 2]);
  });

  it('is tried no more often because more is to be written about it', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.held.add('1');
    for (let value = 0; value < 20; value += 1) {
      test.flusher.add(aWrite(1, value));
      await time.advance(20, 10);
    }
    await time.advance(20_000, 10);
    const before = test.statements.length;
    await time.advance(20_000, 10);
    const tries = test.statements.length - before;
    assert.ok(tries <= 6, `${tries} tries in 20 s`);
  });

  it('does not keep a drain waiting', async () => {
    await using test = await aFlusher();
    test.held.add('1');
    test.flusher.add(aWrite(1));
    await test.flusher.drain();
    assert.equal(test.statements.length, 1);
  });

  it('is not tried after the end of the term', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.held.add('1');
    test.flusher.add(aWrite(1));
    await turn();
    test.term.end('lost');
    await time.advance(20_000);
    assert.equal(test.statements.length, 1);
  });

  it('is no longer under way when the database refuses what is newer', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.held.add('1');
    test.flusher.add(aWrite(1, 1));
    await turn();
    const gate = Promise.withResolvers<void>();
    test.state.answer = async () => {
      await gate.promise;
      throw new StoreError('unexpected', 'refused', { cause: undefined });
    };
    test.flusher.add(aWrite(1, 2));
    await time.advance(1_000); // the held write's time comes while the newer one is on its way
    gate.resolve();
    await time.advance(20_000);
    assert.equal(test.flusher.isPending('attempt-1'), false);
  });
});
