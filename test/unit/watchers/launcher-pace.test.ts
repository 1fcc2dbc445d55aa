import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FindOutcome, LaunchOutcome, Wait } from '../../../src/executors/executor.ts';
import type { Attempt } from '../../../src/task/task.ts';
import { eventually, realPause } from '../../support/eventually.ts';
import { aLauncher } from './a-launcher.ts';

const closed: Wait = {
  ...{ result: 'wait', reason: 'Forbidden', message: 'no Role', scope: 'namespace' },
  ...{ shortestMs: 150, longestMs: 150 },
};

function rows(count: number, overrides: object = {}) {
  return Array.from({ length: count }, (_, index) => ({ taskId: String(index + 1), ...overrides }));
}

/** Creates that end only when they are told to. */
function heldCreates() {
  const pending: { readonly attempt: Attempt; readonly end: (outcome?: LaunchOutcome) => void }[] = [];
  const onLaunch = (attempt: Attempt) => {
    const { promise, resolve } = Promise.withResolvers<LaunchOutcome | undefined>();
    pending.push({ attempt, end: resolve });
    return promise;
  };
  return { pending, onLaunch };
}

describe('the pace of launching', () => {
  it('keeps the order in which the attempts were claimed', async () => {
    await using test = await aLauncher({ createsInFlight: 1 });
    const tasks = await test.claim(...rows(20));
    test.launcher.add(tasks.slice(0, 12));
    test.launcher.add(tasks.slice(12));
    await eventually(() => test.context.cluster.launched.length === 20, 'all');
    assert.deepEqual(
      test.context.cluster.launched.map(({ taskId }) => taskId),
      tasks.map(({ taskId }) => taskId),
    );
  });

  it('has no more creates in flight than it may: half of the most at first', async () => {
    await using test = await aLauncher({ createsInFlight: 6 });
    const { pending, onLaunch } = heldCreates();
    test.context.cluster.onLaunch = onLaunch;
    test.launcher.add(await test.claim(...rows(20)));
    await eventually(() => pending.length === 3, 'three');
    await realPause(10);
    assert.equal(pending.length, 3);
    for (const { end } of pending.splice(0)) end();
    await eventually(() => pending.length === 4, 'one more after a full round');
    for (const { end } of pending) end();
  });

  it('launches an attempt once, however often it is claimed meanwhile', async () => {
    await using test = await aLauncher();
    const { pending, onLaunch } = heldCreates();
    test.context.cluster.onLaunch = onLaunch;
    const tasks = await test.claim(...rows(1));
    for (let claims = 0; claims < 3; claims += 1) test.launcher.add(tasks);
    await eventually(() => pending.length === 1, 'one');
    pending[0]?.end();
    await eventually(() => test.row('1').jobUid !== undefined, 'it is recorded');
    assert.equal(test.context.cluster.launched.length, 1);
  });

  it('says whether it has room: at most two pages wait', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    test.context.cluster.onLaunch = heldCreates().onLaunch;
    const tasks = await test.claim(...rows(22));
    assert.equal(test.launcher.hasRoom(10), true);
    test.launcher.add(tasks.slice(0, 11)); // one in flight, ten wait
    assert.equal(test.launcher.hasRoom(10), true);
    test.launcher.add(tasks.slice(11));
    assert.equal(test.launcher.hasRoom(10), false);
  });

  it('pauses for all when the cluster asks one to slow down, and then takes that one up first', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    test.context.cluster.onLaunch = () => ({ result: 'throttled', pauseMs: 120 });
    const startedAtMs = performance.now();
    test.launcher.add(await test.claim(...rows(5)));
    await eventually(() => test.context.cluster.launched.length === 1, 'one request');
    test.context.cluster.onLaunch = () => undefined;
    await realPause(60);
    test.launcher.add(await test.claim({ taskId: '9', namespace: 'demo' }));
    await realPause(20);
    assert.equal(test.context.cluster.launched.length, 1);
    await eventually(() => test.context.cluster.launched.length === 7, 'all and the first again');
    assert.ok(performance.now() - startedAtMs >= 115);
    assert.deepEqual(
      test.context.cluster.launched.map(({ taskId }) => taskId),
      ['1', '1', '2', '3', '4', '5', '9'],
    );
    assert.equal(test.context.database.count('recordWaiting'), 0);
  });

  it('pauses for all when a look is asked to slow down, and lowers the number in flight', async () => {
    await using test = await aLauncher({ createsInFlight: 8 });
    const busy: FindOutcome = { result: 'unknown', reason: 'ApiUnavailable', detail: 'busy', pauseMs: 300 };
    test.context.cluster.onFind = () => busy;
    const tasks = await test.claim(...rows(20));
    test.launcher.add(tasks.map((task) => ({ ...task, isRetaken: true })));
    await eventually(() => test.context.cluster.looked.length === 4, 'half of the most');
    await realPause(60);
    assert.equal(test.context.cluster.looked.length, 4);
    await eventually(() => test.context.cluster.looked.length > 4, 'again after the pause');
    await realPause(20);
    assert.equal(test.context.cluster.looked.length, 6);
    assert.equal(test.context.database.count('recordWaiting'), 0);
  });

  it('spares the requests of a namespace where nothing can be created, and no other', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    test.context.cluster.onLaunch = ({ namespace }) => (namespace === 'default' ? closed : undefined);
    const tasks = await test.claim(...rows(6), { taskId: '9', namespace: 'demo' });
    test.launcher.add(tasks);
    await eventually(() => test.row('9').jobUid !== undefined, 'the other namespace');
    await test.settled();
    assert.deepEqual(
      test.context.cluster.launched.map(({ namespace }) => namespace),
      ['default', 'demo'],
    );
    for (const { taskId } of rows(6)) assert.equal(test.row(taskId).reason, 'Forbidden');
  });

  it('tries a closed namespace again when its time is over', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    test.context.cluster.onLaunch = () => closed;
    const tasks = await test.claim(...rows(2));
    test.launcher.add(tasks);
    await test.settled();
    test.context.cluster.onLaunch = () => undefined;
    await realPause(160);
    test.launcher.add(tasks);
    await eventually(() => test.row('2').jobUid !== undefined, 'both are launched');
    assert.equal(test.context.cluster.launched.length, 3);
  });

  it('fails at once what cannot become a Job, in a closed namespace too', async () => {
    await using test = await aLauncher({ createsInFlight: 2 });
    test.context.cluster.onLaunch = () => closed;
    test.launcher.add(await test.claim({ taskId: '1' }, { taskId: '2', info: 'garbage' }));
    await test.settled();
    assert.deepEqual([test.row('1').reason, test.row('2').reason], ['Forbidden', 'InvalidSpec']);
  });

  it('lowers the number of creates in flight when the server is strained', async () => {
    await using test = await aLauncher({ createsInFlight: 8 });
    const { pending, onLaunch } = heldCreates();
    test.context.cluster.onLaunch = onLaunch;
    test.launcher.add(await test.claim(...rows(20)));
    await eventually(() => pending.length === 4, 'half of the most');
    const strained: LaunchOutcome = { ...closed, reason: 'ApiUnavailable', scope: 'server' };
    for (const { end } of pending.splice(0)) end(strained);
    await eventually(() => pending.length === 2, 'half of that');
    await realPause(10);
    assert.equal(pending.length, 2);
  });

  for (const [how, latencyMs] of [
    ['at once', 0],
    ['after seconds', 2_100],
  ] as const) {
    it(`lowers it for nobody when creates in one namespace fail (${how})`, async (context) => {
      await using test = await aLauncher({ createsInFlight: 8 });
      const { pending, onLaunch } = heldCreates();
      test.context.cluster.onLaunch = onLaunch;
      test.launcher.add(await test.claim(...rows(20)));
      await eventually(() => pending.length === 4, 'half of the most');
      const now = performance.now.bind(performance);
      context.mock.method(performance, 'now', () => now() + latencyMs);
      const failed: LaunchOutcome = { ...closed, reason: 'ApiUnavailable', scope: 'attempt' };
      for (const { end } of pending.splice(0)) end(failed);
      await eventually(() => pending.length === 4, 'as many again');
      await realPause(10);
      assert.equal(pending.length, 4);
    });
  }
});
