import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anAttempt } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { mockTime } from '../../support/mock-time.ts';
import { aFollowedNamespace } from './a-followed-namespace.ts';

const { attemptId, taskId } = anAttempt();
const key = { taskId, attemptId };

describe('a recorder', () => {
  it('lets no kind of write wait for another', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    const { recorder, database } = test.context;
    database.onStatement = (name) => (name === 'recordWaiting' ? { kind: 'lock-wait' } : undefined);
    recorder.waiting.add({ ...key, reason: 'QuotaExceeded', message: 'so', delayMs: 1 });
    recorder.created.add({ ...key, jobUid: 'uid-1' });
    await eventually(() => test.row().jobUid === 'uid-1', 'the uid is written');
    assert.match(recorder.troubles.join(), /^waiting rows cannot be written \(lock-wait\)/);
    assert.equal(recorder.isPending(attemptId), true);
  });

  it('writes every kind', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    const { recorder } = test.context;
    recorder.waiting.add({ ...key, reason: 'QuotaExceeded', message: 'so', delayMs: 60_000 });
    await recorder.drain();
    assert.equal(test.row().reason, 'QuotaExceeded');
    recorder.released.add(key);
    await recorder.drain();
    assert.ok((test.row().nextCheckAtMs ?? Number.NaN) <= performance.now());
    recorder.created.add({ ...key, jobUid: 'uid-1' });
    recorder.progress.add({ ...key, status: 'Running', reason: undefined, message: undefined, started: true });
    await recorder.drain();
    assert.deepEqual([test.row().jobUid, test.row().status, test.row().nextCheckAtMs], ['uid-1', 'Running', undefined]);
    recorder.ended.add({
      ...key,
      status: 'Failed',
      reason: 'JobFailed',
      message: 'so',
      jobUid: 'uid-1',
      started: true,
    });
    await recorder.drain();
    assert.deepEqual(
      [test.row().status, test.row().reason, recorder.isPending(attemptId)],
      ['Failed', 'JobFailed', false],
    );
  });

  it('makes up for progress whose answer was lost and that is carried out late', async (context) => {
    const time = mockTime(context);
    await using test = await aFollowedNamespace();
    test.follow();
    const { recorder, database } = test.context;
    database.onStatement = () => (database.count('recordProgress') === 1 ? { kind: 'unknown' } : undefined);
    recorder.progress.add({ ...key, status: 'Pending', reason: 'WaitingForPods', message: 'so', started: false });
    await time.advance(50, 10);
    recorder.progress.add({ ...key, status: 'Running', reason: undefined, message: undefined, started: true });
    await time.advance(500);
    assert.equal(test.row().status, 'Running');
    Object.assign(test.row(), { status: 'Pending', reason: 'WaitingForPods', message: 'so' });
    await time.advance(10_000);
    assert.deepEqual([test.row().status, test.row().reason], ['Running', undefined]);
  });

  it('writes nothing over an attempt that has ended, in whatever order writes come', async () => {
    await using test = await aFollowedNamespace();
    test.follow();
    const { recorder } = test.context;
    recorder.ended.add({
      ...key,
      status: 'Succeeded',
      reason: undefined,
      message: undefined,
      jobUid: 'uid-1',
      started: true,
    });
    await recorder.drain();
    recorder.progress.add({ ...key, status: 'Running', reason: undefined, message: undefined, started: true });
    recorder.waiting.add({ ...key, reason: 'QuotaExceeded', message: 'so', delayMs: 1 });
    recorder.released.add(key);
    recorder.created.add({ ...key, jobUid: 'uid-2' });
    await recorder.drain();
    assert.deepEqual(
      [test.row().status, test.row().jobUid, test.row().nextCheckAtMs],
      ['Succeeded', 'uid-1', undefined],
    );
    assert.equal(recorder.isPending(attemptId), false);
  });
});
