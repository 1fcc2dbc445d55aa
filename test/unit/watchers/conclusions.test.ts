import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCondition, aJobView, anAttempt, anEndedPod, aPodView } from '../../support/builders.ts';
import { eventually } from '../../support/eventually.ts';
import { anEnding, attemptId, failed, ordersWith } from './an-ending.ts';

describe('the end of an attempt', () => {
  it('that succeeded has exit code 0, without a question', async () => {
    await using given = await anEnding();
    const row = await given.end(aJobView({ succeeded: 1, conditions: [aCondition()] }));
    assert.deepEqual([row.status, row.exitCode], ['Succeeded', 0]);
    assert.deepEqual(given.memory.listed, []);
  });

  it('that failed says what its pod was seen to end with, without a question', async () => {
    await using given = await anEnding();
    given.pods.changed(anEndedPod(3));
    const row = await given.end(failed());
    assert.deepEqual([row.reason, row.exitCode, row.message], ['ExitCode', 3, 'exit code 3; too often']);
    assert.deepEqual(given.memory.listed, []);
  });

  it('that came before its pod was seen asks once', async () => {
    await using given = await anEnding();
    given.memory.put(anEndedPod(5));
    given.memory.put(anEndedPod(6, { uid: 'of-another-job', jobUid: 'another' }));
    const row = await given.end(failed());
    assert.deepEqual([row.reason, row.exitCode], ['ExitCode', 5]);
    assert.deepEqual(given.memory.listed, [attemptId]);
  });

  it('after several pods asks for the last, which the watch may not have told of', async () => {
    await using given = await anEnding();
    const first = anEndedPod(3);
    given.pods.changed(first);
    given.memory.put(first);
    given.memory.put(
      anEndedPod(4, { uid: 'b', ended: first.ended && { ...first.ended, exitCode: 4, finishedAtMs: 9e12 } }),
    );
    assert.equal((await given.end(failed({ failed: 2 }))).exitCode, 4);
  });

  for (const [what, onList] of [
    ['cannot be listed', async () => ({ result: 'unknown', detail: 'forbidden' }) as const],
    ['are gone', async () => ({ result: 'listed', pods: [] }) as const],
    ['come with a defect', () => Promise.reject(new Error('a defect'))],
  ] as const) {
    it(`is written all the same when its pods ${what}`, async () => {
      await using given = await anEnding();
      given.memory.onList = onList;
      const row = await given.end(failed());
      assert.deepEqual([row.status, row.reason, row.exitCode], ['Failed', 'BackoffLimitExceeded', undefined]);
    });
  }

  it('is written after two seconds when there is no answer, and is under way until then', async () => {
    await using given = await anEnding();
    given.memory.onList = (_id, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const beganAtMs = performance.now();
    const ending = given.end(failed());
    await eventually(() => given.memory.listed.length === 1, 'it was asked');
    assert.ok(given.context.recorder.isPending(attemptId) && given.context.recorder.isEnding(attemptId));
    assert.equal((await ending).status, 'Failed');
    const tookMs = performance.now() - beganAtMs;
    assert.ok(tookMs > 1_900 && tookMs < 4_000, `${tookMs} ms`);
    assert.ok(!given.context.recorder.isPending(attemptId));
  });

  it('is not delayed for one by the questions about others, however many', async () => {
    await using given = await anEnding();
    const { context } = given;
    given.memory.onList = (_id, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    for (let index = 2; index <= 40; index += 1) {
      const attempt = anAttempt({ taskId: `${index}`, attemptId: `attempt-${index}`, jobName: `task-${index}` });
      given.test.follow(attempt, { jobUid: `uid-${index}` });
      const labels = { ...aJobView().labels, attemptId: attempt.attemptId };
      given.test.observer.changed(failed({ name: attempt.jobName, uid: `uid-${index}`, labels }));
    }
    const beganAtMs = performance.now();
    await given.end(failed());
    assert.ok(performance.now() - beganAtMs < 4_000);
    const statuses = new Set([...context.database.rows.values()].map(({ status }) => status));
    assert.deepEqual([...statuses], ['Failed']);
  });

  it('has its log read and its Job deleted as the configuration says, or its Job', async () => {
    await using given = await anEnding({ containerStarted: true });
    await given.end(aJobView({ succeeded: 1, conditions: [aCondition()] }));
    const { finishedAtMs, cleanUpAtMs = 0, logDueAtMs } = given.kept();
    assert.deepEqual([Math.round(cleanUpAtMs - finishedAtMs), logDueAtMs], [3_600_000, finishedAtMs]);

    await using other = await anEnding({ containerStarted: true });
    const orders = { ...ordersWith(undefined), logBytes: 0, cleanUpSeconds: 5 };
    await other.end(failed({ orders }));
    const kept = other.kept();
    const keptMs = Math.round((kept.cleanUpAtMs ?? 0) - kept.finishedAtMs);
    assert.equal(keptMs, 90_000, 'a late request has to find it there');
    assert.equal(kept.logDueAtMs, undefined);
  });

  it('that came while its pod waited says for what, and that nothing was started', async () => {
    await using given = await anEnding();
    const waiting = { reason: 'ErrImagePull', message: 'not found' };
    given.pods.changed(aPodView({ waiting }));
    given.pods.deleted(aPodView({ waiting, deleting: true }));
    const late = [aCondition({ type: 'Failed', reason: 'DeadlineExceeded', message: 'too late' })];
    const row = await given.end(failed({ conditions: late }));
    assert.match(row.message ?? '', /^too late; the pod waited: ImagePull.NotFound: .*not found$/);
    assert.deepEqual([row.startedAtMs, given.kept().logDueAtMs], [undefined, undefined]);
  });

  it('of which no container ever ran has no log', async () => {
    await using given = await anEnding();
    given.pods.changed(aPodView({ phase: 'Failed', reason: 'OutOfcpu', message: 'no room' }));
    const row = await given.end(failed());
    assert.deepEqual([row.reason, row.startedAtMs, given.kept().logDueAtMs], ['PodRejected', undefined, undefined]);
  });
});
