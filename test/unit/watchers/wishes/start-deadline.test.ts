import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noOrders } from '../../../../src/task/job-view.ts';
import type { Desired } from '../../../../src/task/task.ts';
import { wishesAtWork } from './wishes-at-work.ts';

const orders = { ...noOrders, startDeadlineSeconds: 60 };
const startTimeMs = Date.UTC(2026, 0, 1);

/** A Job that started at `startTimeMs` and whose pods have not; it was known so long that it is looked at. */
async function aWaitingJob(job: object = {}, desired: Desired = 'Run') {
  const test = await wishesAtWork();
  const attempt = test.open({ status: 'Pending', desired }, { active: 1, orders, startTimeMs, ...job });
  await test.pass();
  attempt.uidSinceMs = Number.NEGATIVE_INFINITY;
  return { ...test, attempt };
}

describe('a start deadline', () => {
  it('ends an attempt none of whose pods has started in time, its Job first', async () => {
    await using test = await aWaitingJob();
    test.cluster.nowMs = () => startTimeMs + 60_000;
    const ending: unknown[] = [];
    test.cluster.onRemove = () => {
      ending.push(test.row().ending);
      return 'removed';
    };

    const row = await test.untilRow(({ finishedAtMs }) => finishedAtMs !== undefined, 'it has ended');

    assert.deepEqual(ending, ['StartDeadline']);
    assert.deepEqual([row.status, row.reason], ['Failed', 'StartDeadline']);
    assert.match(row.message ?? '', /waited for WaitingForPods/);
  });

  for (const [what, job, desired, nowMs] of [
    ['has time left by the clock of the control plane', {}, 'Run', startTimeMs + 59_999],
    ['has started', { ready: 1 }, 'Run', startTimeMs + 60_000],
    ['is held', { suspended: true, suspendedByUs: true }, 'Suspend', startTimeMs + 60_000],
    ['waits for a queue', { suspended: true }, 'Run', startTimeMs + 60_000],
  ] as const) {
    it(`leaves an attempt alone that ${what}`, async () => {
      await using test = await aWaitingJob(job, desired);
      test.cluster.nowMs = () => nowMs;

      for (let passes = 0; passes < 5; passes += 1) await test.pass();

      assert.deepEqual([test.row().ending, test.cluster.removed.length], [undefined, 0]);
    });
  }

  it('believes the Job and not the last event: a pod that has started meanwhile runs on', async () => {
    await using test = await aWaitingJob();
    test.cluster.nowMs = () => startTimeMs + 60_000;
    for (const [key, job] of test.cluster.jobs) test.cluster.jobs.set(key, { ...job, ready: 1 });

    await test.untilRow(({ status }) => status === 'Running', 'it runs');

    assert.equal(test.row().ending, undefined);
  });

  it('asks the control plane nothing of pods that are just starting', async () => {
    await using test = await aWaitingJob();
    test.attempt.uidSinceMs = performance.now();
    let asked = 0;
    test.cluster.onFind = () => {
      asked += 1;
      return undefined;
    };

    for (let passes = 0; passes < 5; passes += 1) await test.pass();

    assert.equal(asked, 0);
  });

  it('ends an attempt too whose Job could not be made in that time, with what it waited for', async () => {
    await using test = await wishesAtWork();
    const info = '{"image":"alpine","startDeadlineSeconds":60}';
    test.open({ info, nextCheckAtMs: 0, claimedAtMs: performance.now() - 61_000 });
    const message = 'exceeded quota';
    const wait = { reason: 'QuotaExceeded', message, shortestMs: 1_000, longestMs: 2_000, scope: 'attempt' } as const;
    test.cluster.onLaunch = () => ({ result: 'wait', ...wait });

    const row = await test.untilRow(({ finishedAtMs }) => finishedAtMs !== undefined, 'it has ended');

    assert.deepEqual([row.status, row.reason, row.jobUid], ['Failed', 'StartDeadline', undefined]);
    assert.match(row.message ?? '', /waited for QuotaExceeded: exceeded quota/);
  });
});
