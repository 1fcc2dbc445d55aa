import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCondition, aJobView, anAttempt } from '../../support/builders.ts';
import { aFollowedNamespace } from './a-followed-namespace.ts';

const attempt = anAttempt();
const { uid } = aJobView();

describe('a Job that is followed', () => {
  it('is recorded by the first event that tells of it', async () => {
    await using test = await aFollowedNamespace();
    const followed = test.follow();
    test.observer.changed(aJobView());
    await test.context.recorder.drain();
    assert.deepEqual([followed.jobUid, test.row().jobUid], [uid, uid]);
  });

  it('makes its row say what it says, and writes nothing when nothing changed', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    for (const view of [{ active: 1 }, { active: 1 }, { active: 1, ready: 1 }, { active: 1, ready: 1, failed: 1 }]) {
      test.observer.changed(aJobView(view));
      await test.context.recorder.drain();
    }
    assert.equal(test.row().status, 'Running');
    assert.notEqual(test.row().startedAtMs, undefined);
    assert.equal(test.context.database.count('recordProgress'), 2);
  });

  it('goes back to Pending only by a suspension', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    const statuses: string[] = [];
    const held = { suspended: true, suspendedByUs: true };
    for (const view of [{ ready: 1 }, { active: 1 }, held, { active: 1 }, { ready: 1 }, { suspended: true }]) {
      test.observer.changed(aJobView(view));
      await test.context.recorder.drain();
      statuses.push(test.row().status);
    }
    assert.deepEqual(statuses, ['Running', 'Running', 'Suspended', 'Pending', 'Running', 'Pending']);
  });

  it('ends its row once, and is followed no longer', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    const ended = aJobView({ succeeded: 1, conditions: [aCondition()] });
    for (let told = 0; told < 3; told += 1) test.observer.changed(ended);
    await test.context.recorder.drain();
    const { status, reason, jobUid, startedAtMs, finishedAtMs } = test.row();
    assert.deepEqual([status, reason, jobUid], ['Succeeded', undefined, uid]);
    assert.ok(startedAtMs !== undefined && finishedAtMs !== undefined);
    assert.equal(test.context.database.count('recordEnd'), 1);
    assert.equal(test.context.attempts.size, 0);
  });

  it('ends its row with the reason of its failure', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    const conditions = [aCondition({ type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer' })];
    test.observer.changed(aJobView({ conditions }));
    await test.context.conclusions.drain();
    await test.context.recorder.drain();
    assert.deepEqual([test.row().status, test.row().reason], ['Failed', 'DeadlineExceeded']);
  });

  it('changes nothing when it belongs to nobody who is followed', async () => {
    await using test = await aFollowedNamespace();
    const followed = test.follow();
    const { labels } = aJobView();
    const strangers = [
      aJobView({ labels: { ...labels, attemptId: 'another' } }),
      aJobView({ labels: { ...labels, attemptId: undefined } }),
      aJobView({ name: 'a-copy' }),
      aJobView({ namespace: 'demo' }),
    ];
    for (const job of strangers) test.observer.changed({ ...job, conditions: [aCondition()] });
    for (const job of strangers) test.observer.deleted(job);
    await test.context.recorder.drain();
    assert.deepEqual([test.strays.length, test.straysGone.length], [4, 4]);
    assert.equal(followed.jobUid, undefined);
    assert.equal(test.row().status, 'Pending');
    assert.equal(test.context.database.statements.length, 0);
  });

  it('is never replaced by a leftover of the same attempt, whichever ends first', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    test.observer.changed(aJobView({ ready: 1 }));
    const leftover = aJobView({ uid: 'uid-of-a-leftover', conditions: [aCondition({ type: 'Failed' })] });
    test.observer.changed(leftover);
    test.observer.deleted(leftover);
    await test.context.recorder.drain();
    assert.deepEqual([test.row().status, test.row().jobUid], ['Running', uid]);
    assert.deepEqual([test.strays, test.straysGone, test.suspected], [[leftover], [leftover], []]);
  });

  it('that is deleted after its end counts as ended', async () => {
    await using test = await aFollowedNamespace();
    test.follow(attempt, { jobUid: uid });
    test.observer.deleted(aJobView({ succeeded: 1, deleting: true, conditions: [aCondition()] }));
    await test.context.recorder.drain();
    assert.equal(test.row().status, 'Succeeded');
    assert.deepEqual(test.suspected, []);
  });

  it('that is deleted before its end only raises suspicion', async () => {
    await using test = await aFollowedNamespace();
    const followed = test.follow(attempt, { jobUid: uid });
    test.observer.deleted(aJobView({ ready: 1 }));
    await test.context.recorder.drain();
    assert.deepEqual(test.suspected, [followed]);
    assert.equal(test.row().finishedAtMs, undefined);
    assert.equal(test.context.attempts.get(attempt.attemptId), followed);
  });

  it('is recorded though the first event is that of its deletion: it was there, so it is not created again', async () => {
    await using test = await aFollowedNamespace();
    const followed = test.follow();
    test.observer.deleted(aJobView());
    await test.context.recorder.drain();
    assert.deepEqual([followed.jobUid, test.row().jobUid, test.suspected], [uid, uid, [followed]]);
  });
});

describe('a complete list', () => {
  it('only raises suspicion about recorded Jobs that it does not tell of', async () => {
    await using test = await aFollowedNamespace();
    const gone = test.follow(attempt, { jobUid: uid });
    const there = anAttempt({ taskId: '2', attemptId: 'two', jobName: 'two' });
    test.follow(there, { jobUid: 'uid-2' });
    test.observer.listing();
    test.observer.changed(aJobView({ name: 'two', uid: 'uid-2', labels: { ...aJobView().labels, attemptId: 'two' } }));
    test.observer.listed();
    await test.context.recorder.drain();
    assert.deepEqual(test.missing, [[gone]]);
    assert.equal(test.row().finishedAtMs, undefined);
  });

  const innocent = [
    { what: 'an attempt that has no Job yet', attempt: anAttempt(), known: {} },
    { what: 'an attempt of another namespace', attempt: anAttempt({ namespace: 'demo' }), known: { jobUid: uid } },
    { what: 'an attempt whose Job has no labels', attempt: anAttempt(), known: { jobUid: uid, isInherited: true } },
  ];
  for (const { what, attempt: followed, known } of innocent) {
    it(`does not lack ${what}`, async () => {
      await using test = await aFollowedNamespace();
      test.follow(followed, known);
      test.observer.listing();
      test.observer.listed();
      assert.deepEqual(test.missing, [[]]);
    });
  }

  it('does not lack a Job that was created after the list was begun', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    test.observer.listing();
    test.observer.changed(aJobView());
    test.observer.listed();
    test.observer.listing();
    test.follow(anAttempt({ taskId: '2', attemptId: 'two', jobName: 'two' }), { jobUid: 'uid-2' });
    test.observer.changed(aJobView());
    test.observer.listed();
    assert.deepEqual(test.missing, [[], []]);
  });

  it('that was broken off condemns nobody; the next whole one counts', async () => {
    await using test = await aFollowedNamespace();
    test.follow(attempt, { jobUid: uid });
    test.observer.listing();
    test.observer.listing();
    test.observer.changed(aJobView());
    test.observer.listed();
    assert.deepEqual(test.missing, [[]]);
  });
});
