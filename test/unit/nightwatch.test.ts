import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DrainError } from '../../src/leader/drain-term.ts';
import { aLease } from '../support/a-term.ts';
import { eventually, realPause } from '../support/eventually.ts';
import { aReplica, aWatcherThat } from './a-nightwatch.ts';

describe('nightwatch', { concurrency: true }, () => {
  it('campaigns, runs its watchers, drains, releases, and campaigns again with fresh objects', async () => {
    const told: string[] = [];
    const contexts = new Set<unknown>();
    const watcher = aWatcherThat((context) => {
      contexts.add(context.attempts);
      told.push(`begin ${context.term.epoch}`);
      return {
        async run() {
          if (told.at(-1)?.startsWith('begin')) told.push('run');
        },
        async [Symbol.asyncDispose]() {
          told.push(`dispose, lock ${replica.lock.isHeld ? 'held' : 'free'}`);
        },
      };
    });
    await using replica = aReplica({ watchers: [watcher] });
    await eventually(() => told.includes('run'), 'a pass');
    replica.term()?.end('the lock is lost');
    await eventually(() => told.filter((line) => line === 'run').length === 2, 'a pass of the second term');
    assert.deepEqual(told, ['begin 2', 'run', 'dispose, lock held', 'begin 3', 'run']);
    assert.deepEqual(
      replica.terms.map((term) => term?.epoch),
      [2, undefined, 3],
    );
    assert.equal(contexts.size, 2);
  });

  it('on a stop finishes what is in flight, writes it, and gives the lock back last', async () => {
    const told: string[] = [];
    const end = { status: 'Failed', reason: 'JobFailed', message: 'so', jobUid: undefined, started: false } as const;
    const watcher = aWatcherThat(({ term, recorder }) => ({
      async run() {
        told.push('pass begins');
        await eventually(() => term.draining.aborted, 'the stop');
        assert.equal(term.canAct(), true);
        recorder.ended.add({ taskId: '1', attemptId: 'x', ...end });
        told.push('pass ends');
      },
      async [Symbol.asyncDispose]() {
        told.push('disposed');
      },
    }));
    const replica = aReplica({ watchers: [watcher] });
    replica.database.insert({ taskId: '1', attemptId: 'x', rowKey: 'x', status: 'Running' });
    replica.database.onStatement = async (name) => {
      if (name !== 'recordEnd') return undefined;
      await realPause(20); // still on its way when the watcher is disposed of
      told.push(`written, lock ${replica.lock.isHeld ? 'held' : 'free'}`);
      return undefined;
    };
    await eventually(() => told.length === 1, 'a pass');
    replica.stop.abort();
    await replica.ended;
    assert.deepEqual(told, ['pass begins', 'pass ends', 'disposed', 'written, lock held']);
    assert.equal(replica.database.row('1').status, 'Failed');
    assert.deepEqual([replica.lock.isHeld, replica.lock.releases], [false, 1]);
    assert.deepEqual(replica.terms.at(-1), undefined);
  });

  it('does not begin when it is stopped before', async () => {
    const replica = aReplica();
    replica.stop.abort();
    await replica.ended;
    assert.equal(replica.lock.isHeld, false);
  });

  it('runs no pass in a term that is won as the stop comes', async () => {
    let passes = 0;
    const watcher = aWatcherThat(() => ({
      async run() {
        passes += 1;
      },
    }));
    const replica = aReplica({ watchers: [watcher] });
    replica.database.onStatement = (name) => {
      if (name === 'bump') replica.stop.abort();
      return undefined;
    };
    await replica.ended;
    await eventually(() => !replica.lock.isHeld, 'the lock is given back');
    assert.equal(passes, 0);
  });

  it('throws when a pass of an ended term hangs until another may lead, and does not give the lock back', async () => {
    let passes = 0;
    const watcher = aWatcherThat(() => ({
      run() {
        passes += 1;
        return new Promise<void>(() => {});
      },
    }));
    await using replica = aReplica({ watchers: [watcher], timings: aLease({ hardMs: 150 }) });
    await eventually(() => passes === 1, 'a pass hangs');
    replica.term()?.end('the lock is lost');
    await assert.rejects(replica.ended, DrainError);
    assert.deepEqual([replica.lock.releases, replica.lock.isHeld], [0, true]);
  });

  it('throws when what a watcher has begun hangs in its disposal', async () => {
    const watcher = aWatcherThat(() => ({ [Symbol.asyncDispose]: () => new Promise<void>(() => {}) }));
    await using replica = aReplica({ watchers: [watcher], timings: aLease({ hardMs: 150 }) });
    await eventually(() => replica.term() !== undefined, 'it leads');
    replica.term()?.end('the lock is lost');
    await assert.rejects(replica.ended, DrainError);
  });

  it('does not wait for a database that hangs when the term has ended', async () => {
    const watcher = aWatcherThat(({ store }) => ({
      async run() {
        await store.listNormal(1, undefined);
      },
    }));
    await using replica = aReplica({ watchers: [watcher] });
    const hangs = (name: string) => name === 'listNormal' && replica.database.count(name) === 1;
    replica.database.onStatement = (name) => (hangs(name) ? new Promise(() => {}) : undefined);
    await eventually(() => replica.database.count('listNormal') === 1, 'a statement hangs');
    replica.term()?.end('the lock is lost');
    await eventually(() => replica.terms.length >= 3, 'it leads again');
  });
});

describe('two replicas', () => {
  it('have one leader at a time, and the other one leads when it stops', async () => {
    await using first = aReplica();
    await eventually(() => first.term() !== undefined, 'the first leads');
    await using second = aReplica({ database: first.database, lock: first.lock });
    await realPause(30);
    assert.deepEqual(second.terms, []);
    first.stop.abort();
    await first.ended;
    await eventually(() => second.term() !== undefined, 'the second leads');
    assert.equal(second.term()?.epoch, 3);
  });
});
