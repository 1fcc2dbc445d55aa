import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TaskStore } from '../../../src/store/task-store.ts';
import { loadOpenAttempts } from '../../../src/watchers/sync/load-open-attempts.ts';
import { anAttempt } from '../../support/builders.ts';
import type { TaskRow } from '../../support/memory-database.ts';
import { mockTime, turn } from '../../support/mock-time.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

function anAttemptOf(id: number) {
  return anAttempt({ taskId: String(id), attemptId: `attempt-${String(id).padStart(5, '0')}`, jobName: `task-${id}` });
}

async function aTakeover() {
  const context = await aTermContext();
  context.database.leader = { ...context.database.leader, epoch: context.term.epoch };
  return {
    ...{ context, database: context.database, attempts: context.attempts },
    leave: (id: number, overrides: Partial<TaskRow> = {}) =>
      context.database.insert(anOpenRow(anAttemptOf(id), overrides)),
    async load() {
      await loadOpenAttempts(context);
      await context.recorder.drain();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('taking over what former terms left open', () => {
  it('follows every open attempt, page by page, as its row says it is', async () => {
    await using test = await aTakeover();
    for (let id = 1; id <= 1_500; id += 1) test.leave(id, { jobUid: `uid-${id}`, status: 'Running', startedAtMs: 1 });
    test.leave(9_000, { finishedAtMs: 1 });
    test.database.insert({ taskId: '9001' });
    await test.load();
    assert.equal(test.attempts.size, 1_500);
    const { jobUid, started, state } = test.attempts.get('attempt-01500') ?? assert.fail();
    assert.deepEqual([jobUid, started, state.status], ['uid-1500', true, 'Running']);
  });

  for (const [status, expected] of [
    ['Normal', 'Pending'],
    ['Failed', 'Pending'],
    ['Suspended', 'Suspended'],
    ['runing', 'Pending'],
  ] as const) {
    it(`takes an attempt whose row says ${status} for ${expected} until its Job is seen`, async () => {
      await using test = await aTakeover();
      test.leave(1, { status, jobUid: 'uid-1' });
      await test.load();
      assert.equal(test.attempts.get('attempt-00001')?.state.status, expected);
      assert.equal(test.database.row('1').status, status);
    });
  }

  it('makes claims of former terms due at once, and no others', async () => {
    await using test = await aTakeover();
    const later = performance.now() + 60_000;
    test.leave(1, { nextCheckAtMs: later });
    test.leave(2, { nextCheckAtMs: later, reason: 'QuotaExceeded' });
    test.leave(3, { jobUid: 'uid-3' });
    test.leave(4, { nextCheckAtMs: later, epoch: test.context.term.epoch });
    await test.load();
    const due = [1, 2, 3, 4].filter(
      (id) => (test.database.row(String(id)).nextCheckAtMs ?? Number.POSITIVE_INFINITY) <= performance.now(),
    );
    assert.deepEqual(due, [1]);
  });

  it('tries again while the database cannot be read', async (context) => {
    const time = mockTime(context);
    await using test = await aTakeover();
    test.leave(1);
    let isAway = true;
    test.database.onStatement = () => {
      if (!isAway) return undefined;
      isAway = false;
      return { kind: 'unknown' };
    };
    const loading = test.load();
    await turn();
    await time.advance(450);
    assert.equal(test.attempts.size, 0);
    await time.advance(50);
    await loading;
    assert.equal(test.attempts.size, 1);
  });

  it('ends when the term drains meanwhile', async () => {
    await using test = await aTakeover();
    test.database.onStatement = () => {
      test.context.term.drain();
      return { kind: 'unknown' };
    };
    await assert.rejects(test.load());
  });

  it('does not hide a defect behind tries', async () => {
    await using test = await aTakeover();
    const store: TaskStore = { ...test.context.store, listOpen: () => Promise.reject(new RangeError('a defect')) };
    await assert.rejects(loadOpenAttempts({ ...test.context, store }), RangeError);
  });

  it('leaves attempts alone that dispatch follows already', async () => {
    await using test = await aTakeover();
    test.leave(1);
    const followed = test.attempts.follow(anAttemptOf(1), { jobUid: 'seen' });
    await test.load();
    assert.equal(test.attempts.get('attempt-00001'), followed);
    assert.equal(followed.jobUid, 'seen');
  });
});
