import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Slots } from '../../../src/watchers/slots.ts';
import { turn } from '../../support/mock-time.ts';

const { signal: never } = new AbortController();

describe('slots', () => {
  it('let so many pieces of work be under way, and the next as soon as one has ended, in order', async () => {
    const slots = new Slots(2);
    const begun: number[] = [];
    const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const work = ends.map(({ promise }, index) =>
      slots.take(async () => {
        begun.push(index);
        await promise;
      }, never),
    );
    await turn();
    assert.deepEqual(begun, [0, 1]);
    ends[1]?.resolve();
    await turn();
    assert.deepEqual(begun, [0, 1, 2]);
    for (const { resolve } of ends) resolve();
    await Promise.all(work);
    assert.deepEqual(begun, [0, 1, 2, 3]);
  });

  it('are free again after work that failed, and after somebody who waited no longer', async () => {
    const slots = new Slots(1);
    await assert.rejects(
      slots.take(() => Promise.reject(new Error('failed')), never),
      /failed/,
    );
    const first = Promise.withResolvers<void>();
    const busy = slots.take(() => first.promise, never);
    const impatient = new AbortController();
    const waiting = slots.take(async () => assert.fail('it was begun all the same'), impatient.signal);
    const gone = assert.rejects(waiting, /enough/);
    impatient.abort(new Error('enough'));
    await gone;
    first.resolve();
    await busy;
    assert.equal(await slots.take(async () => 'done', never), 'done');
  });
});
