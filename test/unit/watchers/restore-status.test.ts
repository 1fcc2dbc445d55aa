import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restoreStatus } from '../../../src/watchers/restore-status.ts';
import { anAttempt } from '../../support/builders.ts';
import { aFollowedNamespace } from './a-followed-namespace.ts';

const { attemptId, taskId } = anAttempt();

describe('a status that a user wrote over an open attempt', () => {
  it('is put back with a reason, and nothing else of the attempt is changed', async () => {
    await using test = await aFollowedNamespace();
    test.follow(anAttempt(), { jobUid: 'uid-1' });
    Object.assign(test.row(), { status: 'Normal', nextCheckAtMs: 77 });
    restoreStatus(test.context, attemptId, 'Normal');
    await test.context.recorder.drain();
    const { status, reason, jobUid, nextCheckAtMs, finishedAtMs } = test.row();
    assert.deepEqual(
      [status, reason, jobUid, nextCheckAtMs, finishedAtMs],
      ['Pending', 'StatusPutBack', 'uid-1', 77, undefined],
    );
  });

  it('is quoted so that no character of it can do harm, and cut when it is long', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    restoreStatus(test.context, attemptId, `\u202e\n${'x'.repeat(2_000)}`);
    await test.context.recorder.drain();
    assert.doesNotMatch(test.row().message ?? '\n', /[\n\u202e]/);
    assert.ok((test.row().message?.length ?? 9_999) < 1_000);
  });

  it('is left for later while the attempt is not followed yet', async () => {
    await using test = await aFollowedNamespace();
    restoreStatus(test.context, attemptId, 'Normal');
    await test.context.recorder.drain();
    assert.equal(test.context.database.statements.length, 0);
  });

  it('is left alone while something is still to be written about the attempt, such as its end', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    test.context.database.held.add(taskId);
    const end = { status: 'Succeeded', reason: undefined, message: undefined, jobUid: 'uid-1', started: true } as const;
    test.context.recorder.ended.add({ taskId, attemptId, ...end });
    await test.context.recorder.drain();
    restoreStatus(test.context, attemptId, 'Normal');
    await test.context.recorder.drain();
    assert.equal(test.context.database.count('recordProgress'), 0);
  });
});
