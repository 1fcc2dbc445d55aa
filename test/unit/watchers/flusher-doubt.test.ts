import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { StoreError } from '../../../src/store/store-error.ts';
import { mockTime, turn } from '../../support/mock-time.ts';
import { aFlusher, aWrite } from './a-flusher.ts';

/** A flusher whose first statement gets no answer and is carried out only when the test says so. */
async function aLateStatement(context: TestContext, replacesEarlier = true) {
  const time = mockTime(context);
  const test = await aFlusher({ replacesEarlier });
  let comeLate = () => {};
  test.state.answer = (writes) => {
    if (test.statements.length > 1) return test.apply(writes);
    comeLate = () => void test.apply(writes);
    throw new StoreError('unknown', 'connection lost', { cause: undefined });
  };
  test.flusher.add(aWrite(1, 1));
  await turn();
  await time.advance(200);
  return { ...test, time, comeLate: () => comeLate() };
}

describe('a statement that was lost on its way and carried out late', () => {
  it('undoes a newer one for some seconds only', async (context) => {
    await using test = await aLateStatement(context);
    test.flusher.add(aWrite(1, 2));
    await turn();
    await test.time.advance(20); // more than the distance between two statements
    assert.equal(test.values.get('1'), 2);
    test.comeLate();
    assert.deepEqual([test.values.get('1'), test.flusher.isPending('attempt-1')], [1, true]);
    await test.time.advance(10_100);
    assert.deepEqual([test.values.get('1'), test.flusher.isPending('attempt-1')], [2, false]);
  });

  it('undoes none that is written soon before the doubt is over', async (context) => {
    await using test = await aLateStatement(context);
    await test.time.advance(9_000);
    test.flusher.add(aWrite(1, 2));
    await test.time.advance(2_000);
    test.comeLate();
    await test.time.advance(10_000);
    assert.equal(test.values.get('1'), 2);
  });

  it('is made up for once', async (context) => {
    await using test = await aLateStatement(context);
    await test.time.advance(60_000);
    assert.deepEqual(test.batches(), [['1'], ['1'], ['1']]);
  });

  it('is made up for in a row too that somebody holds meanwhile', async (context) => {
    await using test = await aLateStatement(context);
    test.held.add('1');
    await test.time.advance(10_000);
    test.held.clear();
    test.comeLate();
    test.values.set('1', 0);
    await test.time.advance(10_000);
    assert.equal(test.values.get('1'), 1);
  });

  it('is nothing to make up for where no write replaces an earlier one', async (context) => {
    await using test = await aLateStatement(context, false);
    await test.time.advance(60_000);
    assert.equal(test.statements.length, 2);
  });
});
