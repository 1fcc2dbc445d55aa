import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure } from '../../support/memory-database.ts';
import { aDispatch } from './a-dispatch.ts';

const rows = 5_000;

/** Very many rows that are refused, on a database that answers to their ends as it is told to. */
async function aFlood(onEnds: () => Promise<Failure | undefined>) {
  const test = await aDispatch();
  test.insert(rows, { info: 'garbage' });
  test.database.onStatement = (name) => (name === 'recordEnd' ? onEnds() : undefined);
  const claimed = () => test.claims().reduce((sum, page) => sum + page.length, 0);
  const passes = async (count: number) => {
    for (let pass = 0; pass < count; pass += 1) {
      await test.pass();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { ...test, claimed, passes, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

describe('a flood of rows that are refused', () => {
  it('is claimed no faster than it can be written', async () => {
    const gate = Promise.withResolvers<undefined>();
    await using test = await aFlood(() => gate.promise);

    await test.passes(40);
    assert.ok(test.claimed() > 2_000 && test.claimed() <= 3_000, `${test.claimed()} were claimed`);

    gate.resolve(undefined);
    while ([...test.database.rows.values()].some(({ status }) => status !== 'Failed')) await test.passes(10);
  });

  it('is claimed all the same while a lock keeps it from being written: others may be behind it', async () => {
    await using test = await aFlood(async () => ({ kind: 'lock-wait' }));

    await test.passes(40);

    assert.equal(test.claimed(), rows);
  });

  it('is claimed all the same when its rows are those that somebody holds', async () => {
    await using test = await aFlood(async () => undefined);
    test.database.onStatement = (name, taskIds) => {
      if (name === 'recordEnd') for (const taskId of taskIds) test.database.held.add(taskId);
      return undefined;
    };

    while (test.claimed() < rows) await test.passes(10);
  });
});
