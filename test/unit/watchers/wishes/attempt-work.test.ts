import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FollowedAttempt } from '../../../../src/watchers/open-attempts.ts';
import { AttemptWork, type WorkOutcome } from '../../../../src/watchers/wishes/attempt-work.ts';
import { eventually, realPause } from '../../../support/eventually.ts';
import { aTermContext } from '../../../support/term-context.ts';
import { attemptOf } from './wishes-at-work.ts';

async function someWork(count: number, work: (attempt: FollowedAttempt) => Promise<WorkOutcome>) {
  const context = await aTermContext();
  const attempts = Array.from({ length: count }, (_, index) => context.attempts.follow(attemptOf(String(index + 1))));
  return {
    ...{ context, attempts, work: new AttemptWork({ ...context, name: 'work', work }) },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('work on single attempts', () => {
  it('is done on all of them, at most 8 at a time', async () => {
    let inFlight = 0;
    let most = 0;
    const done = new Set<string>();
    await using test = await someWork(50, async ({ taskId }) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await realPause(1);
      inFlight -= 1;
      done.add(taskId);
      return 'done';
    });

    test.work.offer(test.attempts);

    await eventually(() => done.size === 50, 'all are done');
    assert.equal(most, 8);
  });

  it('is not begun twice while it is under way, and rests when it is to be done again', async () => {
    let begun = 0;
    const hold = Promise.withResolvers<void>();
    await using test = await someWork(1, async () => {
      begun += 1;
      await hold.promise;
      return 'again';
    });
    test.work.offer(test.attempts);
    test.work.offer(test.attempts);
    hold.resolve();
    await test.work[Symbol.asyncDispose]();

    test.work.offer(test.attempts);

    assert.equal(begun, 1);
  });

  it('that fails is logged and done again, and fails no other', async () => {
    const done: string[] = [];
    await using test = await someWork(2, async ({ taskId }) => {
      if (taskId === '1') throw new Error('words');
      done.push(taskId);
      return { againMs: 0 };
    });

    for (let offers = 0; offers < 2; offers += 1) {
      test.work.offer(test.attempts);
      await test.work[Symbol.asyncDispose]();
    }

    assert.deepEqual(done, ['2', '2']);
  });

  it('begins nothing in a term that drains', async () => {
    let begun = 0;
    await using test = await someWork(1, async () => {
      begun += 1;
      return 'done';
    });
    test.context.term.drain();

    test.work.offer(test.attempts);

    assert.equal(begun, 0);
  });
});
