import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually, realPause } from '../../support/eventually.ts';
import { mockTime } from '../../support/mock-time.ts';
import { aList, anEvent, aStream, aWatch } from './a-watch.ts';

// In a file, and so a process, of its own: it turns the clock for everything in it.
it('takes a watch for dead that has been silent for a minute and a half, and goes on from where it was', async (context) => {
  const time = mockTime(context);
  const watch = await aWatch({
    lists: [aList([], '100')],
    watches: [aStream([anEvent('ADDED', 'a', '101')], 'stays'), aStream([anEvent('MODIFIED', 'a', '102')], 'stays')],
  });
  await watch.until('changed a@101');
  await time.advance(89_000, 1_000);
  await realPause(20);
  assert.equal(watch.versions().length, 1);
  await time.advance(1_000, 1_000);
  await eventually(() => watch.told.includes('trouble: nothing came for 90000 ms'), watch.told.join());
  await time.advance(1_200);
  await watch.until('changed a@102');
  assert.deepEqual(watch.versions(), ['100', '101']);
  await watch[Symbol.asyncDispose]();
});
