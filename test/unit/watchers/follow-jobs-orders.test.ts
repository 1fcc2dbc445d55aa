import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobView } from '../../../src/task/job-view.ts';
import { aCondition, aJobView, anAttempt } from '../../support/builders.ts';
import { aFollowedNamespace } from './a-followed-namespace.ts';

/** The life of a Job, as its versions follow each other. */
const life: readonly JobView[] = [
  aJobView(),
  aJobView({ active: 1 }),
  aJobView({ active: 1, ready: 1 }),
  aJobView({ active: 1, failed: 1 }),
  aJobView({ active: 1, ready: 1, failed: 1 }),
];

const ends: readonly JobView[] = [
  aJobView({ succeeded: 1, failed: 1, conditions: [aCondition()] }),
  aJobView({ failed: 2, conditions: [aCondition({ type: 'Failed', reason: 'BackoffLimitExceeded', message: 'so' })] }),
];

/** A leftover and a stranger, who may do whatever they like. */
const others: readonly JobView[] = [
  aJobView({ uid: 'leftover', ready: 1 }),
  aJobView({ uid: 'leftover', conditions: [aCondition({ type: 'Failed' })] }),
  aJobView({ uid: 'copy', name: 'copy', conditions: [aCondition()] }),
];

type Event = { readonly type: 'changed' | 'deleted' | 'listing' | 'listed'; readonly job: JobView };

function anyEvent(jobs: readonly JobView[]): fc.Arbitrary<Event> {
  const types: readonly Event['type'][] = ['changed', 'changed', 'changed', 'deleted', 'listing', 'listed'];
  return fc.record({ type: fc.constantFrom(...types), job: fc.constantFrom(...jobs) });
}

/** What the row says in the end, after these events and whatever pauses between them. */
async function rowAfter(events: readonly Event[], pauses: readonly boolean[]) {
  await using test = await aFollowedNamespace();
  test.follow(anAttempt(), { jobUid: aJobView().uid });
  for (const [index, { type, job }] of events.entries()) {
    if (type === 'listing' || type === 'listed') test.observer[type]();
    else test.observer[type](job);
    if (pauses[index % Math.max(1, pauses.length)]) await test.context.recorder.drain();
  }
  await test.context.conclusions.drain();
  await test.context.recorder.drain();
  const { status, reason, message, jobUid, finishedAtMs, startedAtMs } = test.row();
  const ended = test.context.database.statements.filter(({ name }) => name === 'recordEnd').length;
  return {
    status,
    reason,
    message,
    jobUid,
    isFinished: finishedAtMs !== undefined,
    isStarted: startedAtMs !== undefined,
    ended,
  };
}

describe('events in any order, doubled or lost', () => {
  for (const end of ends) {
    const { type } = end.conditions[0] ?? aCondition();
    it(`leave the same row, as soon as one of them tells that the Job is ${type}`, async () => {
      const expected = await rowAfter(
        [...life, end].map((job) => ({ type: 'changed', job })),
        [true],
      );
      assert.deepEqual([expected.isFinished, expected.ended], [true, 1]);
      const events = fc.array(anyEvent([...life, end, ...others]), { maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(events, events, fc.array(fc.boolean()), async (before, after, pauses) => {
          const all: readonly Event[] = [...before, { type: 'changed', job: end }, ...after];
          assert.deepEqual(await rowAfter(all, pauses), expected);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('never end a row of which none tells that its Job has ended', async () => {
    const events = fc.array(anyEvent([...life, ...others]), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.boolean()), async (told, pauses) => {
        const { isFinished, jobUid } = await rowAfter(told, pauses);
        assert.deepEqual([isFinished, jobUid], [false, aJobView().uid]);
      }),
      { numRuns: 60 },
    );
  });
});
