import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { parseSchedule } from '../../../src/scheduler/schedule.ts';
import { scheduleWatchers, startWatcher } from '../../../src/watchers/scheduled-watcher.ts';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import type { Watcher } from '../../../src/watchers/watcher.ts';
import { createWatchers } from '../../../src/watchers/watchers.ts';
import { eventually } from '../../support/eventually.ts';
import { aTermContext } from '../../support/term-context.ts';

function aSchedule(text: string) {
  const parsed = parseSchedule(text);
  assert.ok(parsed.result === 'valid');
  return parsed.schedule;
}

function aWatcher(overrides: Partial<Watcher> = {}): Watcher {
  return {
    ...{ name: 'example', schedule: '@every 1h' },
    begin: () => ({ run: async () => {}, async [Symbol.asyncDispose]() {} }),
    ...overrides,
  };
}

describe('the watchers and their schedules', () => {
  const watchers = [aWatcher({ name: 'one' }), aWatcher({ name: 'two', schedule: '@every 5s' })];

  it('are all of them by their own schedules where nothing is chosen', () => {
    const scheduled = scheduleWatchers(watchers, new Map());
    assert.ok(scheduled.result === 'valid');
    assert.deepEqual(
      scheduled.watchers.map(({ watcher, schedule }) => [watcher.name, schedule.text]),
      [
        ['one', '@every 1h'],
        ['two', '@every 5s'],
      ],
    );
  });

  it('can be turned off, or given another schedule, by name', () => {
    const schedule = aSchedule('*/5 * * * * *');
    const choices = new Map([
      ['one', { state: 'off' } as const],
      ['two', { state: 'on', schedule } as const],
    ]);
    const scheduled = scheduleWatchers(watchers, choices);
    assert.ok(scheduled.result === 'valid');
    assert.deepEqual(scheduled.watchers, [{ watcher: watchers[1], schedule }]);
  });

  it('are refused where a name is chosen that none has', () => {
    const choices = new Map([
      ['on', { state: 'off' } as const],
      ['two', { state: 'off' } as const],
    ]);
    assert.deepEqual(scheduleWatchers(watchers, choices), { result: 'unknown', names: ['on'] });
  });

  it('that nightwatch comes with have names of their own and schedules that are understood', () => {
    const options = {
      namespaces: [],
      lostNamespaces: [],
      orphans: 'keep',
      acceptsDeletedJobs: false,
      state: new ObservationState(),
    } as const;
    const pace = { intervalMs: 10, createsInFlight: 1, createLeaseMs: 1, createDeadlineMs: 1 };
    const own = createWatchers({ history: { keptSeconds: undefined, keptRows: undefined }, ...options, ...pace });
    assert.deepEqual(
      own.map(({ name }) => name),
      ['dispatch', 'sync', 'resync', 'wishes', 'logs', 'clean-up', 'history'],
    );
    assert.equal(scheduleWatchers(own, new Map()).result, 'valid');
  });
});

describe('a watcher at work', () => {
  it('makes its first pass at once, whatever its schedule', async () => {
    await using context = await aTermContext();
    let passes = 0;
    const watcher = aWatcher({
      begin: () => ({
        async run() {
          passes += 1;
        },
        async [Symbol.asyncDispose]() {},
      }),
    });
    const running = startWatcher({ watcher, schedule: aSchedule('0 0 0 1 1 *') }, context);
    await eventually(() => passes === 1, 'one pass');
    await running.stop();
  });

  it('lets everything else go on between two passes, however short its schedule', async () => {
    await using context = await aTermContext();
    let passes = 0;
    const watcher = aWatcher({
      begin: () => ({
        async run() {
          passes += 1;
          if (passes === 1_000) context.term.end('it starves the rest');
        },
        async [Symbol.asyncDispose]() {},
      }),
    });
    const running = startWatcher({ watcher, schedule: aSchedule('@every 1ms') }, context);
    await new Promise(setImmediate);
    assert.ok(passes < 1_000, `${passes} passes in one turn of the event loop`);
    await running.stop();
  });

  it('can wake itself', async () => {
    await using context = await aTermContext();
    let passes = 0;
    const watcher = aWatcher({
      begin: (_context, wake) => ({
        async run() {
          passes += 1;
          if (passes < 5) wake();
        },
        async [Symbol.asyncDispose]() {},
      }),
    });
    const running = startWatcher({ watcher, schedule: aSchedule('@every 1h') }, context);
    await eventually(() => passes === 5, 'five passes');
    await running.stop();
  });

  it('stops before it is disposed of: first no more passes, then the end of what they began', async () => {
    await using context = await aTermContext();
    const told: string[] = [];
    const gate = Promise.withResolvers<void>();
    const watcher = aWatcher({
      begin: () => ({
        async run() {
          told.push('run');
          await gate.promise;
          told.push('ran');
        },
        async [Symbol.asyncDispose]() {
          told.push('disposed');
        },
      }),
    });
    const running = startWatcher({ watcher, schedule: aSchedule('@every 2ms') }, context);
    await eventually(() => told.length === 1, 'a pass');
    const stopped = running.stop();
    gate.resolve();
    await stopped;
    await running[Symbol.asyncDispose]();
    assert.deepEqual(told, ['run', 'ran', 'disposed']);
  });

  it('is aborted with the term, and leaves no listener on it', async () => {
    await using context = await aTermContext();
    let reason: unknown;
    const watcher = aWatcher({
      begin: () => ({
        run: (signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener(
              'abort',
              () => {
                reason = signal.reason;
                reject(signal.reason);
              },
              { once: true },
            );
          }),
        async [Symbol.asyncDispose]() {},
      }),
    });
    const running = startWatcher({ watcher, schedule: aSchedule('@every 2ms') }, context);
    await eventually(() => getEventListeners(context.term.ended, 'abort').length === 2, 'a pass');
    context.term.end('lost');
    await running.stop();
    assert.ok(reason);
    assert.equal(getEventListeners(context.term.ended, 'abort').length, 0);
    assert.equal(context.memoryLog.with('pass failed').length, 0);
  });
});
