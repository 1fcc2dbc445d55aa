import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LaunchOutcome, Wait } from '../../../src/executors/executor.ts';
import { noteJob } from '../../../src/watchers/open-attempts.ts';
import { eventually } from '../../support/eventually.ts';
import { aLauncher } from './a-launcher.ts';

function aWait(overrides: Partial<Wait> = {}): Wait {
  return {
    ...{ result: 'wait', reason: 'QuotaExceeded', message: 'exceeded quota', scope: 'attempt' },
    ...{ shortestMs: 5_000, longestMs: 300_000 },
    ...overrides,
  };
}

/** Milliseconds until the row is looked at again. */
function delayOf({ nextCheckAtMs = Number.NaN }: { readonly nextCheckAtMs: number | undefined }): number {
  return nextCheckAtMs - performance.now();
}

describe('launching a claimed attempt', () => {
  it('records the uid of its Job, after which it waits for nothing', async () => {
    await using test = await aLauncher();
    const task = await test.claimOne();
    test.launcher.add([task]);
    await eventually(() => test.row('1').jobUid !== undefined, 'the uid is recorded');
    assert.deepEqual(
      [test.row('1').jobUid, test.row('1').nextCheckAtMs, test.row('1').status],
      ['uid-1', undefined, 'Pending'],
    );
    assert.equal(test.context.attempts.get(task.attemptId)?.jobUid, 'uid-1');
  });

  it('keeps the uid that the watch told of first', async () => {
    await using test = await aLauncher();
    const task = await test.claimOne();
    test.context.cluster.onLaunch = () => {
      const attempt = test.context.attempts.get(task.attemptId);
      if (attempt) noteJob(attempt, 'uid-of-the-watch');
      return { result: 'launched', jobUid: 'uid-of-the-watch', adopted: false };
    };
    test.launcher.add([task]);
    await eventually(() => test.row('1').jobUid !== undefined, 'the uid is recorded');
    assert.equal(test.row('1').jobUid, 'uid-of-the-watch');
  });

  it('never creates a Job again whose uid this term has seen', async () => {
    await using test = await aLauncher();
    const task = await test.claimOne();
    const attempt = test.context.attempts.get(task.attemptId) ?? assert.fail();
    noteJob(attempt, 'seen');
    test.launcher.add([{ ...task, isRetaken: true }]);
    await eventually(() => test.row('1').jobUid === 'seen', 'it is recorded');
    assert.deepEqual([test.context.cluster.launched.length, test.context.cluster.looked.length], [0, 0]);
  });

  const rejections: readonly (readonly [reason: string, row: object])[] = [
    ['InvalidName', { name: 'Not_A_Name' }],
    ['NamespaceNotAllowed', { namespace: 'elsewhere' }],
    ['InvalidSpec', { info: '{"image"' }],
  ];
  for (const [reason, row] of rejections) {
    it(`ends in Failed(${reason}) without a request`, async () => {
      await using test = await aLauncher();
      const task = await test.claimOne(row);
      test.launcher.add([task]);
      await eventually(() => test.row('1').finishedAtMs !== undefined, 'it has ended');
      assert.deepEqual(
        [test.row('1').status, test.row('1').reason, test.row('1').jobUid],
        ['Failed', reason, undefined],
      );
      assert.equal(test.context.cluster.launched.length, 0);
      assert.equal(test.context.attempts.size, 0);
    });
  }

  it('ends in Failed when the cluster rejects it for good', async () => {
    await using test = await aLauncher();
    test.context.cluster.onLaunch = () => ({ result: 'reject', reason: 'NameConflict', message: 'x'.repeat(5_000) });
    test.launcher.add([await test.claimOne()]);
    await eventually(() => test.row('1').finishedAtMs !== undefined, 'it has ended');
    assert.deepEqual(
      [test.row('1').status, test.row('1').reason, test.row('1').message?.length],
      ['Failed', 'NameConflict', 1_000],
    );
  });

  it('waits with the reason in its row', async () => {
    await using test = await aLauncher();
    test.context.cluster.onLaunch = () => aWait();
    const task = await test.claimOne();
    test.launcher.add([task]);
    await eventually(() => test.row('1').reason !== undefined, 'the reason is written');
    assert.deepEqual(
      [test.row('1').status, test.row('1').reason, test.row('1').message],
      ['Pending', 'QuotaExceeded', 'exceeded quota'],
    );
    assert.deepEqual(test.context.attempts.get(task.attemptId)?.state.reason, 'QuotaExceeded');
  });

  for (const [ageMs, shortestMs, longestMs] of [
    [0, 5_000, 5_000],
    [20_000, 10_000, 10_000],
    [3_000_000, 300_000, 300_000],
  ] as const) {
    it(`waits for half of its age: ${shortestMs} ms after ${ageMs} ms, give or take a tenth`, async () => {
      await using test = await aLauncher();
      test.context.cluster.onLaunch = () => aWait();
      const task = await test.claimOne();
      test.launcher.add([{ ...task, ageMs }]);
      await eventually(() => test.row('1').reason !== undefined, 'it waits');
      const delayMs = delayOf(test.row('1'));
      assert.ok(delayMs > shortestMs * 0.85 && delayMs < longestMs * 1.1, `${delayMs}`);
    });
  }

  it('ends in Failed(CreateDeadline) when it has waited too long, and says for what', async () => {
    await using test = await aLauncher({ createDeadlineMs: 60_000 });
    test.context.cluster.onLaunch = () => aWait();
    const task = await test.claimOne();
    test.launcher.add([{ ...task, ageMs: 60_001 }]);
    await eventually(() => test.row('1').finishedAtMs !== undefined, 'it has ended');
    assert.deepEqual([test.row('1').status, test.row('1').reason], ['Failed', 'CreateDeadline']);
    assert.match(test.row('1').message ?? '', /no Job for 1 min, last because of QuotaExceeded: exceeded quota/);
  });

  it('leaves the others alone when one fails in a way that nobody expected', async () => {
    await using test = await aLauncher();
    test.context.cluster.onLaunch = ({ taskId }) => {
      if (taskId === '1') throw new RangeError('a defect');
      return undefined;
    };
    test.launcher.add(await test.claim({ taskId: '1' }, { taskId: '2' }));
    await eventually(() => test.row('2').jobUid !== undefined, 'the other is launched');
    assert.equal(test.row('1').jobUid, undefined);
    assert.ok(test.row('1').nextCheckAtMs !== undefined, 'its lease takes it up again');
    const [line] = test.context.memoryLog.with('launch failed unexpectedly, trying again when the lease runs out');
    assert.equal(line?.task, '1');
  });

  const lost: LaunchOutcome = { result: 'launched', jobUid: 'uid-1', adopted: false };
  it('says nothing when the term ended meanwhile, and writes nothing', async () => {
    await using test = await aLauncher();
    test.context.cluster.onLaunch = () => {
      test.context.term.end('lost');
      return lost;
    };
    test.launcher.add(await test.claim({ taskId: '1' }, { taskId: '2' }));
    await test.launcher[Symbol.asyncDispose]();
    await test.context.recorder.drain();
    assert.equal(test.row('1').jobUid, undefined);
    assert.deepEqual(
      test.context.memoryLog.lines.map(({ msg }) => msg),
      ['term ended'],
    );
  });
});
