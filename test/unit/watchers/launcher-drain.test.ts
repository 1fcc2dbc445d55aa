import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LaunchOutcome } from '../../../src/executors/executor.ts';
import { aCondition } from '../../support/builders.ts';
import { eventually, realPause } from '../../support/eventually.ts';
import { aLauncher } from './a-launcher.ts';

const rows = [{ taskId: '1' }, { taskId: '2' }, { taskId: '3' }];

describe('draining a launcher', () => {
  it('finishes what is in flight, and gives back what was not begun', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    const gate = Promise.withResolvers<undefined>();
    test.context.cluster.onLaunch = () => gate.promise;
    test.launcher.add(await test.claim(...rows));
    await eventually(() => test.context.cluster.launched.length === 1, 'one is in flight');
    test.context.term.drain();
    const disposed = test.launcher[Symbol.asyncDispose]();
    gate.resolve(undefined);
    await disposed;
    await test.context.recorder.drain();
    assert.equal(test.row('1').jobUid, 'uid-1');
    for (const taskId of ['2', '3']) {
      assert.equal(test.row(taskId).jobUid, undefined);
      assert.ok((test.row(taskId).nextCheckAtMs ?? Number.NaN) <= performance.now(), 'it is due at once');
    }
    assert.equal(test.context.cluster.launched.length, 1);
  });

  it('gives back what waits for the end of a pause', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    test.context.cluster.onLaunch = () => ({ result: 'throttled', pauseMs: 50 });
    test.launcher.add(await test.claim(...rows));
    await eventually(() => test.context.memoryLog.with('the API server asks to slow down').length === 1, 'the pause');
    await test.launcher[Symbol.asyncDispose]();
    await test.context.recorder.drain();
    await realPause(70);
    assert.equal(test.context.cluster.launched.length, 1);
    for (const { taskId } of rows) assert.ok((test.row(taskId).nextCheckAtMs ?? Number.NaN) <= performance.now());
  });

  for (const [what, outcome] of [
    ['throttled', { result: 'throttled', pauseMs: 20 }],
    ['asked to make room for its name', 'occupied'],
  ] as const) {
    it(`does not begin anew what is in flight and was ${what}, but gives it back`, async () => {
      await using test = await aLauncher({ createsInFlight: 2 });
      const gate = Promise.withResolvers<LaunchOutcome>();
      test.context.cluster.onLaunch = () => (test.context.cluster.launched.length === 1 ? gate.promise : undefined);
      const task = await test.claimOne();
      test.launcher.add([task]);
      await eventually(() => test.context.cluster.launched.length === 1, 'it is in flight');
      const disposed = test.launcher[Symbol.asyncDispose]();
      const by = test.context.cluster.jobOf(
        { ...task, taskId: '99', attemptId: 'another' },
        { conditions: [aCondition()] },
      );
      gate.resolve(outcome === 'occupied' ? { result: 'occupied', by } : outcome);
      await disposed;
      await test.context.recorder.drain();
      await realPause(40);
      assert.equal(test.context.cluster.launched.length, 1);
      assert.ok((test.row('1').nextCheckAtMs ?? Number.NaN) <= performance.now(), 'it is due at once');
    });
  }

  it('begins nothing new while the term drains and other watchers still finish', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    const gate = Promise.withResolvers<undefined>();
    test.context.cluster.onLaunch = () => gate.promise;
    test.launcher.add(await test.claim(...rows));
    await eventually(() => test.context.cluster.launched.length === 1, 'one is in flight');
    test.context.term.drain();
    gate.resolve(undefined);
    await realPause(20);
    assert.equal(test.context.cluster.launched.length, 1);
  });
});
