import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, describe, it, mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusals } from '../../support/api-refusals.ts';
import { aPolicy } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { aBookmark, aList, anEvent, aStream, aWatch } from './a-watch.ts';

describe('observing the Jobs of a namespace', { concurrency: true }, () => {
  // Rests are as short as chance can make them.
  before(() => void mock.method(Math, 'random', () => 0));
  after(() => mock.restoreAll());

  it('tells the full picture first, page by page, then what changes', async () => {
    await using watch = await aWatch({
      lists: [aList(['a', 'b'], '100', 'more'), aList(['c'], '100')],
      watches: [
        aStream(
          [anEvent('ADDED', 'd', '101'), anEvent('MODIFIED', 'a', '102'), anEvent('DELETED', 'b', '103')],
          'stays',
        ),
      ],
    });
    await watch.until('deleted b@103');
    assert.deepEqual(watch.told, [
      ...['listing', 'changed a@10', 'changed b@10', 'changed c@10', 'listed', 'fine'],
      ...['changed d@101', 'changed a@102', 'deleted b@103'],
    ]);
  });

  it('asks only for Jobs of its own installation, and for bookmarks', async () => {
    await using watch = await aWatch({ lists: [aList([], '100')], watches: [] });
    await eventually(() => watch.queries().length === 2, 'list and watch');
    const [list, stream] = watch.queries();
    const selector = `nightwatch.dev/installation=${aPolicy().installationId}`;
    assert.deepEqual([list?.get('labelSelector'), stream?.get('labelSelector')], [selector, selector]);
    assert.deepEqual(
      [stream?.get('allowWatchBookmarks'), stream?.get('resourceVersion')],
      ['1', '100'].with(0, 'true'),
    );
    const timeoutSeconds = Number(stream?.get('timeoutSeconds'));
    assert.ok(timeoutSeconds >= 240 && timeoutSeconds < 360);
  });

  for (const end of ['ends', 'breaks'] as const) {
    it(`goes on from the last event when the stream ${end}, without a new list`, async () => {
      await using watch = await aWatch({
        lists: [aList(['a'], '100')],
        watches: [
          aStream([anEvent('MODIFIED', 'a', '101'), anEvent('MODIFIED', 'a', '102')], end),
          aStream([anEvent('MODIFIED', 'a', '103')], 'stays'),
        ],
      });
      await watch.until('changed a@103');
      assert.deepEqual(watch.versions(), ['100', '102']);
      assert.equal(watch.told.filter((line) => line === 'listing').length, 1);
    });
  }

  it('goes on from a bookmark, which tells nothing else', async () => {
    await using watch = await aWatch({ lists: [aList([], '100')], watches: [aStream([aBookmark('900')])] });
    await eventually(() => watch.versions().length === 2, 'two watches');
    assert.deepEqual(watch.versions(), ['100', '900']);
    assert.deepEqual(watch.told.slice(0, 3), ['listing', 'listed', 'fine']);
  });

  it('understands events whose bytes are cut anywhere', async () => {
    const bytes = Buffer.from(anEvent('MODIFIED', 'ä-日本-😀', '101'));
    await using watch = await aWatch({
      lists: [aList([], '100')],
      watches: [
        aStream(
          Array.from({ length: 8 }, (_, index) =>
            bytes.subarray((bytes.length * index) / 8, (bytes.length * (index + 1)) / 8),
          ),
          'stays',
        ),
      ],
    });
    await watch.until('changed ä-日本-😀@101');
  });

  const gone = { type: 'ERROR', object: refusals.expired };
  for (const [what, answer] of [
    ['the watch is refused with 410', { status: 410, body: refusals.expired }],
    ['the stream ends with an ERROR event of code 410', aStream([`${JSON.stringify(gone)}\n`])],
  ] as const) {
    it(`lists anew when ${what}`, async () => {
      await using watch = await aWatch({ lists: [aList(['a'], '100'), aList(['b'], '200')], watches: [answer] });
      await watch.until('changed b@10');
      await eventually(() => watch.versions().length === 2, 'watches again');
      assert.deepEqual(watch.versions(), ['100', '200']);
      assert.ok(!watch.told.some((line) => line.startsWith('trouble')));
    });
  }

  it('lists anew from the first page when a page of the list is gone', async () => {
    await using watch = await aWatch({
      lists: [
        aList(['a'], '100', 'more'),
        { status: 410, body: refusals.expired },
        aList(['a'], '200', 'more'),
        aList(['b'], '200'),
      ],
      watches: [],
    });
    await watch.until('listed');
    assert.deepEqual(watch.told.slice(0, 6), [
      'listing',
      'changed a@10',
      'listing',
      'changed a@10',
      'changed b@10',
      'listed',
    ]);
  });

  it('ends when the signal aborts, in the middle of a stream, without a word and without a listener left', async () => {
    const watch = await aWatch({ lists: [aList([], '100')], watches: [aStream([aBookmark('101')], 'stays')] });
    await watch.until('fine');
    await sleep(20);
    watch.stop.abort();
    await watch.observing;
    assert.deepEqual(watch.told, ['listing', 'listed', 'fine']);
    assert.equal(getEventListeners(watch.stop.signal, 'abort').length, 0);
    await watch.test[Symbol.asyncDispose]();
  });

  it('ends when the signal aborts during a rest', async () => {
    const watch = await aWatch({ lists: ['reset'], watches: [] });
    await eventually(() => watch.told.length === 2, 'trouble');
    const stoppedAtMs = performance.now();
    watch.stop.abort();
    await watch.observing;
    assert.ok(performance.now() - stoppedAtMs < 200);
    await watch.test[Symbol.asyncDispose]();
  });
});
