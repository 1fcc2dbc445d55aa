import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { it } from 'node:test';
import { eventually, realPause } from '../../support/eventually.ts';
import { mockTime } from '../../support/mock-time.ts';
import { aList, anEvent, aStream, aWatch } from './a-watch.ts';

// In a file of their own: they turn the clock, for everything beside them too.
it('lists anew after a minute and a half of silence: a server restored from a backup waits for versions to come', async (context) => {
  const time = mockTime(context);
  const watch = await aWatch({
    lists: [aList([], '100'), aList(['b'], '50')],
    watches: [aStream([anEvent('ADDED', 'a', '101')], 'stays'), aStream([anEvent('MODIFIED', 'b', '51')], 'stays')],
  });
  await watch.until('changed a@101');
  await time.advance(89_000, 1_000);
  await realPause(20);
  assert.equal(watch.versions().length, 1);
  await time.advance(1_000, 1_000);
  await eventually(() => watch.told.includes('trouble: nothing came for 90000 ms'), watch.told.join());
  await time.advance(1_200);
  await watch.until('changed b@51');
  assert.deepEqual(watch.versions(), ['100', '50']);
  assert.deepEqual(watch.told.slice(-5), ['listing', 'changed b@10', 'listed', 'fine', 'changed b@51']);
  await watch[Symbol.asyncDispose]();
});

it('does not wait for the rest of a refusal for ever', async (context) => {
  const time = mockTime(context);
  const refused = Promise.withResolvers<void>();
  const endless = {
    stream: (response: ServerResponse) => {
      response.writeHead(403);
      response.write('{"kind":', () => refused.resolve());
    },
  };
  const watch = await aWatch({ lists: [aList([], '100')], watches: [endless] });
  await refused.promise;
  await realPause(20);
  await time.advance(10_000, 1_000);
  await eventually(() => watch.told.includes('trouble: no end came within 10000 ms'), watch.told.join());
  await time.advance(1_200);
  await watch.until('fine');
  await watch[Symbol.asyncDispose]();
});
