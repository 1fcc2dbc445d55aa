import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tellUnreachable, type UnreachableOptions } from '../../../src/watchers/resync/unreachable.ts';
import { followJob } from '../../../src/watchers/sync/follow-job.ts';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import { aJobView, anAttempt } from '../../support/builders.ts';
import { aTermContext } from '../../support/term-context.ts';
import { anOpenRow } from './a-followed-namespace.ts';

const attempt = anAttempt();

async function aRunningTask(options: Partial<UnreachableOptions> = {}, jobUid: string | undefined = aJobView().uid) {
  const context = await aTermContext();
  const clock = { nowMs: 0 };
  const state = new ObservationState(() => clock.nowMs);
  context.database.insert(anOpenRow(attempt, { status: 'Running', jobUid }));
  const running = { status: 'Running', reason: undefined, message: undefined } as const;
  const followed = context.attempts.follow(attempt, { jobUid, started: true, state: running });
  return {
    ...{ context, state, followed },
    /** The namespace cannot be seen, for long enough to say so unless told. */
    refuse(forMs = 60_000, detail = 'jobs.batch is forbidden') {
      state.note('default', detail);
      clock.nowMs += forMs;
    },
    row: () => context.database.row('1'),
    async tell() {
      tellUnreachable({ namespaces: ['default'], lostNamespaces: [], state, ...options }, context);
      await context.recorder.drain();
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('a namespace that cannot be seen', () => {
  it('is told in its rows, which stay open and keep their status', async () => {
    await using test = await aRunningTask();
    test.refuse();
    await test.tell();
    const { status, reason, message, finishedAtMs } = test.row();
    assert.deepEqual([status, reason, finishedAtMs], ['Running', 'Forbidden', undefined]);
    assert.equal(message, 'the Job cannot be seen: jobs.batch is forbidden');
  });

  it('is not told for a short interruption', async () => {
    await using test = await aRunningTask();
    test.refuse(30_000, 'socket hang up');
    await test.tell();
    test.refuse(29_999);
    await test.tell();
    assert.equal(test.context.database.statements.length, 0);
    test.refuse(1);
    await test.tell();
    assert.equal(test.row().message, 'the Job cannot be seen: jobs.batch is forbidden');
  });

  it('stays told when it was seen for a moment, or a new term has just begun', async () => {
    await using test = await aRunningTask();
    test.refuse();
    await test.tell();
    test.state.note('default', undefined);
    test.refuse(1);
    await test.tell();
    test.state.clear();
    await test.tell();
    assert.deepEqual([test.row().reason, test.context.database.count('recordProgress')], ['Forbidden', 1]);
  });

  it('is told once', async () => {
    await using test = await aRunningTask();
    test.refuse();
    for (let passes = 0; passes < 3; passes += 1) await test.tell();
    assert.equal(test.context.database.count('recordProgress'), 1);
  });

  it('is overwritten by what its Job says once that is seen again', async () => {
    await using test = await aRunningTask();
    test.refuse();
    await test.tell();
    test.state.note('default', undefined);
    followJob(test.context, test.followed, aJobView({ ready: 1 }));
    await test.context.recorder.drain();
    assert.deepEqual([test.row().status, test.row().reason, test.row().message], ['Running', undefined, undefined]);
  });

  it('is told when it is allowed no longer, with what to do about it', async () => {
    await using test = await aRunningTask({ namespaces: ['other'] });
    await test.tell();
    assert.match(test.row().message ?? '', /NIGHTWATCH_NAMESPACES.*NIGHTWATCH_LOST_NAMESPACES/);
    assert.equal(test.row().finishedAtMs, undefined);
  });

  it('fails its rows when an operator declares it lost', async () => {
    await using test = await aRunningTask({ namespaces: [], lostNamespaces: ['default'] });
    await test.tell();
    assert.deepEqual([test.row().status, test.row().reason], ['Failed', 'NamespaceLost']);
    assert.equal(test.context.attempts.size, 0);
  });

  it('is not told while everything is fine, or nothing was tried yet', async () => {
    await using test = await aRunningTask();
    await test.tell();
    test.state.note('default', undefined);
    await test.tell();
    assert.equal(test.context.database.statements.length, 0);
  });

  it('is not told in rows that have no Job yet: dispatch says what they wait for', async () => {
    await using test = await aRunningTask({ lostNamespaces: ['default'] }, '');
    test.followed.jobUid = undefined;
    test.refuse();
    await test.tell();
    assert.equal(test.context.database.statements.length, 0);
  });

  it('is no longer told once it can be seen again, though no event comes', async () => {
    await using test = await aRunningTask();
    test.refuse();
    await test.tell();
    test.state.note('default', undefined);
    await test.tell();
    assert.equal(test.row().reason, undefined);
  });
});
