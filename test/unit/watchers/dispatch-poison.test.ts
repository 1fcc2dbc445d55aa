import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skippableTime } from '../../support/mock-time.ts';
import { aDispatch } from './a-dispatch.ts';

/** A dispatch on a database that will not have these rows claimed, whatever else is in the statement. */
async function aDispatchBeside(poison: readonly string[]) {
  const test = await aDispatch();
  test.database.onStatement = (name, taskIds) =>
    name === 'claimNormal' && taskIds.some((taskId) => poison.includes(taskId)) ? { kind: 'unexpected' } : undefined;
  return test;
}

describe('rows that the database refuses to have claimed', () => {
  it('keep none of the others of their page from being launched', async () => {
    await using test = await aDispatchBeside(['1', '250']);
    test.insert(300);

    await test.pass();

    await test.untilLaunched(298);
    const refused = test.context.memoryLog.with('the database refuses to have a row claimed');
    assert.deepEqual(
      refused.map(({ task }) => task),
      ['1', '250'],
    );
    assert.ok(test.claims().length < 50, `${test.claims().length} statements`);
  });

  it('rest, so that they are not tried with every pass, and are taken once they can be', async (t) => {
    const { skip } = skippableTime(t);
    await using test = await aDispatchBeside(['1']);
    test.insert(1);

    for (let pass = 0; pass < 50; pass += 1) await test.pass();
    assert.ok(test.claims().length <= 2, `${test.claims().length} statements`);
    test.database.onStatement = () => undefined;
    skip(5_000);
    await test.pass();
    await test.untilLaunched(1);
  });

  it('are not tried one by one when the database refuses them all', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => String(index + 1));
    await using test = await aDispatchBeside(ids);
    test.insert(500);

    await test.pass();

    assert.ok(test.claims().length < 100, `${test.claims().length} statements`);
    assert.match(test.state.report().detail ?? '', /Normal rows cannot be claimed \(unexpected\)/);
  });
});
