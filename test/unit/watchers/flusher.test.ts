import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreError } from '../../../src/store/store-error.ts';
import { eventually } from '../../support/eventually.ts';
import { aFlusher, aWrite } from './a-flusher.ts';

function aFailure(kind: StoreError['kind']): StoreError {
  return new StoreError(kind, `it failed: ${kind}`, { cause: undefined });
}

describe('a flusher', () => {
  it('writes what one turn of the event loop adds in one statement, under the epoch of the term', async () => {
    await using test = await aFlusher();
    for (const id of [3, 1, 2]) test.flusher.add(aWrite(id));
    assert.equal(test.statements.length, 0);
    await test.flusher.drain();
    assert.deepEqual(test.batches(), [['3', '1', '2']]);
    assert.equal(test.statements[0]?.epoch, 7);
  });

  it('has one statement in flight; what comes meanwhile goes with the next', async () => {
    await using test = await aFlusher();
    const gate = Promise.withResolvers<void>();
    test.state.answer = async (writes) => {
      await gate.promise;
      return test.apply(writes);
    };
    test.flusher.add(aWrite(1));
    await eventually(() => test.statements.length === 1, 'the first statement');
    for (const id of [2, 3]) test.flusher.add(aWrite(id));
    await new Promise(setImmediate);
    assert.equal(test.statements.length, 1);
    gate.resolve();
    await test.flusher.drain();
    assert.deepEqual(test.batches(), [['1'], ['2', '3']]);
  });

  it('writes at most 500 rows in a statement', async () => {
    await using test = await aFlusher();
    for (let id = 1; id <= 1_201; id += 1) test.flusher.add(aWrite(id));
    await test.flusher.drain();
    assert.deepEqual(
      test.batches().map((batch) => batch.length),
      [500, 500, 201],
    );
    assert.equal(test.values.size, 1_201);
  });

  it('writes fewer rows in a statement when they weigh more, and one that weighs too much alone', async () => {
    await using test = await aFlusher({ weightOf: ({ value }) => value });
    for (const [id, weight] of [300, 200, 1, 900, 500].entries()) test.flusher.add(aWrite(id, weight));
    await test.flusher.drain();
    assert.deepEqual(test.batches(), [['0', '1'], ['2'], ['3'], ['4']]);
  });

  it('writes only the newest of what was added about an attempt', async () => {
    await using test = await aFlusher();
    for (const value of [1, 2, 3]) test.flusher.add(aWrite(1, value));
    await test.flusher.drain();
    assert.deepEqual([test.statements.length, test.values.get('1')], [1, 3]);
  });

  it('writes a newer value after the one that is on its way', async () => {
    await using test = await aFlusher();
    test.state.answer = (writes) => {
      if (writes[0]?.value === 1) test.flusher.add(aWrite(1, 2));
      return test.apply(writes);
    };
    test.flusher.add(aWrite(1, 1));
    await test.flusher.drain();
    assert.deepEqual([test.statements.length, test.values.get('1')], [2, 2]);
  });

  it('knows about which attempts a write is under way', async () => {
    await using test = await aFlusher();
    const gate = Promise.withResolvers<void>();
    test.state.answer = async (writes) => {
      await gate.promise;
      return test.apply(writes);
    };
    test.flusher.add(aWrite(1));
    assert.equal(test.flusher.isPending('attempt-1'), true);
    await eventually(() => test.statements.length === 1, 'the statement');
    assert.equal(test.flusher.isPending('attempt-1'), true);
    assert.equal(test.flusher.isPending('attempt-2'), false);
    gate.resolve();
    await test.flusher.drain();
    assert.equal(test.flusher.isPending('attempt-1'), false);
  });

  for (const kind of ['retry', 'unknown', 'demoted', 'configuration'] as const) {
    it(`writes again what failed, with a pause, and says so until it is written (${kind})`, async () => {
      await using test = await aFlusher();
      test.state.answer = (writes) => {
        if (test.statements.length > 1) return test.apply(writes);
        throw aFailure(kind);
      };
      test.flusher.add(aWrite(1, 1));
      test.flusher.add(aWrite(2, 1));
      await eventually(() => test.flusher.trouble !== undefined, 'trouble');
      assert.match(test.flusher.trouble ?? '', new RegExp(`^test rows cannot be written \\(${kind}\\)`));
      await test.flusher.drain();
      const [failed, again] = test.statements;
      assert.ok((again?.atMs ?? 0) - (failed?.atMs ?? 0) >= 30);
      assert.deepEqual(test.batches(), [
        ['1', '2'],
        ['1', '2'],
      ]);
      assert.equal(test.flusher.trouble, undefined);
    });
  }

  it('does not put an older value back in the place of a newer one after a failure', async () => {
    await using test = await aFlusher();
    test.state.answer = (writes) => {
      if (test.statements.length > 1) return test.apply(writes);
      test.flusher.add(aWrite(1, 2));
      throw aFailure('unknown');
    };
    test.flusher.add(aWrite(1, 1));
    await test.flusher.drain();
    assert.deepEqual([test.values.get('1'), test.statements.at(-1)?.writes[0]?.value], [2, 2]);
  });

  it('leaves a row that the database refuses as it is, and writes the others', async () => {
    await using test = await aFlusher();
    test.state.answer = (writes) => {
      if (writes.some(({ taskId }) => taskId === '2')) throw aFailure('unexpected');
      return test.apply(writes);
    };
    for (const id of [1, 2, 3]) test.flusher.add(aWrite(id, 9));
    await test.flusher.drain();
    assert.deepEqual([...test.values.keys()], ['1', '3']);
    const [refusal, ...more] = test.memoryLog.with('the database refuses a row, it is left as it is');
    assert.deepEqual([refusal?.task, more.length], ['2', 0]);
    assert.equal(test.flusher.isPending('attempt-2'), false);
  });

  it('ends the term when the database has a newer epoch, and writes no more', async () => {
    await using test = await aFlusher();
    test.state.answer = () => ({ result: 'fenced' });
    for (let id = 1; id <= 600; id += 1) test.flusher.add(aWrite(id));
    await test.flusher.drain();
    assert.equal(test.term.ended.aborted, true);
    assert.match(String(test.term.endReason), /newer epoch/);
    test.flusher.add(aWrite(601));
    await test.flusher.drain();
    await new Promise(setImmediate);
    assert.equal(test.statements.length, 1);
  });

  it('writes nothing once the term may not act', async () => {
    await using test = await aFlusher();
    test.flusher.add(aWrite(1));
    test.term.end('lost');
    await test.flusher.drain();
    await new Promise(setImmediate);
    assert.equal(test.statements.length, 0);
  });

  it('does not isolate the rows of a batch that failed because the term ended', async () => {
    await using test = await aFlusher();
    test.state.answer = () => {
      test.term.end('lost');
      throw test.term.ended.reason;
    };
    for (const id of [1, 2, 3]) test.flusher.add(aWrite(id));
    await test.flusher.drain();
    assert.equal(test.statements.length, 1);
    assert.deepEqual(
      test.memoryLog.lines.map(({ msg }) => msg),
      ['term ended'],
    );
  });

  it('drains at once when the term ends during a pause', async () => {
    await using test = await aFlusher();
    test.state.answer = () => {
      throw aFailure('lock-wait');
    };
    test.flusher.add(aWrite(1));
    await eventually(() => test.flusher.trouble !== undefined, 'trouble');
    const drained = test.flusher.drain();
    const endedAtMs = performance.now();
    test.term.end('lost');
    await drained;
    assert.ok(performance.now() - endedAtMs < 500);
  });

  it('has nothing to drain when nothing was added', async () => {
    await using test = await aFlusher();
    await test.flusher.drain();
    assert.equal(test.statements.length, 0);
  });
});
