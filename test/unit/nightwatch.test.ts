import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
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
    const watcher = aWatcherThat(({ term, recorder }) => ({
      async run() {
        told.push('pass begins');
        await realPause(30);
        assert.equal(term.canAct(), true);
        recorder.ended.add({
          taskId: '1',
          attemptId: 'x',
          status: 'Failed',
          reason: 'JobFailed',
          message: 'so',
          jobUid: undefined,
          started: false,
        });
        told.push('pass ends');
      },
      async [Symbol.asyncDispose]() {
        told.push('disposed');
      },
    }));
    const replica = aReplica({ watchers: [watcher] });
    replica.database.insert({ taskId: '1', attemptId: 'x', rowKey: 'x', status: 'Running' });
    replica.database.onStatement = (name) => {
      if (name === 'recordEnd') told.push(`written, lock ${replica.lock.isHeld ? 'held' : 'free'}`);
      return undefined;
    };
    await eventually(() => told.length === 1, 'a pass');
    replica.stop.abort();
    await replica.ended;
    const expected = ['pass begins', 'pass ends', 'disposed', 'written, lock held'];
    assert.deepEqual(told.filter((line, index) => told.indexOf(line) === index).toSorted(), expected.toSorted());
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

  it("throws when a pass of an ended term hangs until the lease is somebody else's, and keeps the lock to itself", async () => {
    const watcher = aWatcherThat(() => ({ run: () => new Promise<void>(() => {}) }));
    const replica = aReplica({ watchers: [watcher], timings: aLease({ hardMs: 150 }) });
    await eventually(() => replica.term() !== undefined, 'it leads');
    replica.term()?.end('the lock is lost');
    await assert.rejects(replica.ended, DrainError);
    assert.deepEqual([replica.lock.releases, replica.lock.isHeld], [0, true]);
  });

  it('throws when what a watcher has begun hangs in its disposal', async () => {
    const watcher = aWatcherThat(() => ({ [Symbol.asyncDispose]: () => new Promise<void>(() => {}) }));
    const replica = aReplica({ watchers: [watcher], timings: aLease({ hardMs: 150 }) });
    await eventually(() => replica.term() !== undefined, 'it leads');
    replica.term()?.end('the lock is lost');
    await assert.rejects(replica.ended, DrainError);
  });

  it('does not wait for a database that hangs when the term has ended', async () => {
    const watcher = aWatcherThat(({ store, term }) => ({
      async run() {
        await store.listNormal(1, undefined).catch(() => {});
        assert.equal(term.canAct(), false);
      },
    }));
    await using replica = aReplica({ watchers: [watcher] });
    await eventually(() => replica.term() !== undefined, 'it leads');
    replica.database.onStatement = (name) => (name === 'listNormal' ? new Promise(() => {}) : undefined);
    await eventually(() => replica.database.count('listNormal') > 0, 'a statement hangs');
    replica.term()?.end('the lock is lost');
    await eventually(() => replica.terms.length >= 3, 'it leads again');
  });

  it('gives the lead up when database or cluster have been out of reach for too long, and stands back', async () => {
    let troubleMs = 15_001;
    await using replica = aReplica({ troubleMs: () => troubleMs, campaignMs: 40 });
    await eventually(() => replica.terms.length === 2, 'it gives up');
    const gaveUpAtMs = performance.now();
    troubleMs = 0;
    await eventually(() => replica.terms.length === 3, 'it leads again');
    assert.ok(performance.now() - gaveUpAtMs >= 390, 'after ten campaigns');
    assert.equal(replica.terms[0]?.wasGivenUp, true);
  });

  it('stands by its lead while the trouble is short', async () => {
    await using replica = aReplica({ troubleMs: () => 14_900 });
    await eventually(() => replica.term() !== undefined, 'it leads');
    await realPause(1_100);
    assert.equal(replica.terms.length, 1);
  });

  it('is stopped at once while it stands back', async () => {
    const replica = aReplica({ troubleMs: () => 15_001, campaignMs: 60_000 });
    await eventually(() => replica.terms.length === 2, 'it gives up');
    const stoppedAtMs = performance.now();
    replica.stop.abort();
    await replica.ended;
    assert.ok(performance.now() - stoppedAtMs < 1_000);
  });

  it('gives up a term that cannot begin, and campaigns again', async () => {
    let failures = 1;
    const replica = aReplica({
      openInstallation: async () => {
        failures -= 1;
        throw new Error('the database is away');
      },
    });
    await eventually(() => replica.terms.length >= 4, 'a second term');
    assert.ok(failures < 0);
    assert.ok(replica.terms[0]?.wasGivenUp);
    assert.ok(replica.memoryLog.with('the database does not say which installation it is').length >= 2);
    await replica[Symbol.asyncDispose]();
  });

  it('leaves nothing behind on the stop signal, however many terms there were', async () => {
    await using replica = aReplica({ campaignMs: 1 });
    for (let terms = 1; terms <= 5; terms += 1) {
      await eventually(() => replica.terms.filter((term) => term !== undefined).length === terms, `term ${terms}`);
      replica.term()?.end('again');
    }
    await eventually(() => replica.terms.filter((term) => term !== undefined).length === 6, 'term 6');
    assert.ok(getEventListeners(replica.stop.signal, 'abort').length <= 2);
  });

  it('passes on what it did not expect', async () => {
    const campaign = () => Promise.reject(new RangeError('a defect'));
    const replica = aReplica({ elector: { campaign, state: { detail: '', isMisconfigured: false } } });
    await assert.rejects(replica.ended, RangeError);
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
