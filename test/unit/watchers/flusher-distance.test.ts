import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mockTime, turn } from '../../support/mock-time.ts';
import { aFlusher, aWrite } from './a-flusher.ts';

describe('the distance between two statements of a flusher', () => {
  it('does not keep the first one back', async (context) => {
    mockTime(context);
    await using test = await aFlusher();
    test.flusher.add(aWrite(1));
    await turn();
    assert.deepEqual(test.batches(), [['1']]);
  });

  it('gathers under load what comes within some milliseconds', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    for (let id = 1; id <= 10; id += 1) {
      test.flusher.add(aWrite(id));
      await time.advance(2);
    }
    await time.advance(10);
    assert.equal(test.values.size, 10);
    assert.ok(test.statements.length <= 4, `${test.statements.length} statements`);
  });

  it('is as long as its kind of writes can wait', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher({ spacingMs: 100 });
    test.flusher.add(aWrite(1));
    await turn();
    test.flusher.add(aWrite(2));
    await turn();
    await time.advance(90);
    assert.deepEqual(test.batches(), [['1']]);
    await time.advance(20);
    assert.deepEqual(test.batches(), [['1'], ['2']]);
  });

  it('keeps nobody waiting while the term drains', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.flusher.add(aWrite(1));
    await turn();
    test.flusher.add(aWrite(2));
    test.term.drain();
    await turn();
    assert.deepEqual(test.batches(), [['1'], ['2']]);
    await time.advance(1);
  });

  it('sends nothing for a term that ends meanwhile', async (context) => {
    const time = mockTime(context);
    await using test = await aFlusher();
    test.flusher.add(aWrite(1));
    await turn();
    test.flusher.add(aWrite(2));
    test.term.end('it is over');
    await time.advance(50);
    assert.deepEqual(test.batches(), [['1']]);
  });
});
