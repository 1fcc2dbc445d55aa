import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusals } from '../../support/api-refusals.ts';
import { aJobObject, aStatus } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { aList, anEvent, aStream, aWatch } from './a-watch.ts';

describe('observing the Jobs of a namespace in trouble', { concurrency: true }, () => {
  // Rests are as short as chance can make them.
  before(() => void mock.method(Math, 'random', () => 0));
  after(() => mock.restoreAll());

  const troubles = [
    [
      'the list is refused',
      { lists: [{ status: 403, body: refusals.noRole }, aList(['z'], '100')], watches: [] },
      'jobs.batch is forbidden',
    ],
    ['the list is unanswered', { lists: ['reset', aList(['z'], '100')], watches: [] }, 'no answer'],
    [
      'the list is no list',
      { lists: [{ status: 200, body: '{}' }, aList(['z'], '100')], watches: [] },
      'a list that is none',
    ],
    [
      'the list is no JSON',
      { lists: [{ status: 200, body: '<html>' }, aList(['z'], '100')], watches: [] },
      'not valid JSON',
    ],
  ] as const;
  for (const [what, script, words] of troubles) {
    it(`tells that ${what}, and tries again`, async () => {
      await using watch = await aWatch(script);
      await watch.until('changed z@10');
      assert.match(watch.told.find((line) => line.startsWith('trouble')) ?? '', new RegExp(words));
      await watch.until('fine');
      assert.equal(watch.told.at(-1), 'fine');
    });
  }

  it('tells nothing of a page that breaks off, and lists anew', async () => {
    const page = JSON.stringify({ metadata: { resourceVersion: '100' }, items: [aJobObject(), aJobObject()] });
    await using watch = await aWatch({
      lists: [aList(['a'], '100', 'more'), aStream([page.slice(0, -20)], 'breaks'), aList(['z'], '200')],
      watches: [],
    });
    await watch.until('changed z@10');
    const told = watch.told.slice(0, 5).with(2, 'trouble');
    assert.deepEqual(told, ['listing', 'changed a@10', 'trouble', 'listing', 'changed z@10']);
  });

  const interruptions = [
    ['is refused', { status: 403, body: refusals.noRole }],
    ['is refused with 429', { status: 429, body: refusals.tooMany }],
    ['does not begin', 'reset'],
    ['says something that is no JSON', aStream([anEvent('MODIFIED', 'a', '101'), 'no JSON\n'])],
    ['says something that is no event', aStream([anEvent('MODIFIED', 'a', '101'), '{"type":"ADDED"}\n'])],
    [
      'ends with an ERROR event',
      aStream([
        anEvent('MODIFIED', 'a', '101'),
        `${JSON.stringify({ type: 'ERROR', object: aStatus(500, 'InternalError', 'etcd') })}\n`,
      ]),
    ],
  ] as const;
  for (const [what, answer] of interruptions) {
    it(`goes on from where it was when the watch ${what}`, async () => {
      await using watch = await aWatch({
        lists: [aList(['a'], '100')],
        watches: [answer, aStream([anEvent('MODIFIED', 'a', '102')], 'stays')],
      });
      await watch.until('changed a@102');
      assert.equal(watch.versions()[1], watch.told.includes('changed a@101') ? '101' : '100');
      assert.ok(watch.told.some((line) => line.startsWith('trouble')));
    });
  }

  it('is in trouble without a break while every watch is refused', async () => {
    const refused = { status: 403, body: refusals.noRole };
    await using watch = await aWatch({ lists: [aList([], '100')], watches: [refused, refused] });
    await watch.until('fine');
    const since = watch.told.indexOf('listed') + 1;
    assert.deepEqual(
      watch.told.slice(since).map((line) => line.split(':')[0]),
      ['trouble', 'trouble', 'fine'],
    );
  });

  it('rests longer and longer while the list fails', async () => {
    await using watch = await aWatch({ lists: ['reset'], watches: [] });
    await eventually(() => watch.test.memoryLog.lines.length === 2, 'two failures');
    assert.deepEqual(
      watch.test.memoryLog.lines.map(({ backOffMs }) => backOffMs),
      [800, 1_600],
    );
  });

  it('rests when streams end as soon as they begin', async () => {
    await using watch = await aWatch({
      lists: [aList([], '100')],
      watches: Array.from({ length: 50 }, () => aStream([])),
    });
    await watch.until('fine');
    await sleep(500);
    assert.ok(watch.versions().length <= 2, `${watch.versions().length} watches in half a second`);
  });
});
