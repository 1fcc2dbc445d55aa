import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { aLease } from '../../support/a-term.ts';
import { eventually } from '../../support/eventually.ts';
import { MemoryLock } from '../../support/memory-lock.ts';
import { aCandidate } from './a-candidate.ts';

describe('a campaign', () => {
  it('touches neither lock nor epoch while something stands in the way', async () => {
    let obstacle: string | undefined = 'database: SchemaBehind';
    await using candidate = aCandidate({ obstacle: () => obstacle });
    const campaign = candidate.campaign();
    await eventually(() => candidate.elector.state.detail === 'database: SchemaBehind', 'the obstacle is told');
    assert.deepEqual(candidate.database.statements, []);
    assert.equal(candidate.lock.isHeld, false);
    obstacle = undefined;
    assert.equal((await campaign).epoch, 2);
  });

  it('does not lead a database that elects by another lock', async () => {
    await using candidate = aCandidate();
    candidate.database.leader = { lockName: 'nightwatch-eu', epoch: 3, holder: undefined };
    const campaign = candidate.campaign();
    await eventually(() => /nightwatch-eu.*NIGHTWATCH_LOCK_NAME/.test(candidate.elector.state.detail), 'it says so');
    assert.equal(candidate.lock.isHeld, false);
    candidate.stop.abort();
    await assert.rejects(campaign);
    assert.deepEqual(candidate.database.leader, { lockName: 'nightwatch-eu', epoch: 3, holder: undefined });
  });

  it('keeps to the lock name that another candidate recorded in the same moment', async () => {
    await using candidate = aCandidate();
    const { database } = candidate;
    database.onStatement = (name) => {
      if (name === 'recordLockName') database.leader = { ...database.leader, lockName: 'other' };
      return undefined;
    };
    const campaign = candidate.campaign();
    await eventually(() => candidate.elector.state.detail.includes("'other'"), 'it sees the other name');
    candidate.stop.abort();
    await assert.rejects(campaign);
    assert.equal(database.leader.epoch, 1);
  });

  it('waits for the lock while another replica holds it', async () => {
    const memoryLock = new MemoryLock();
    const holder = await memoryLock.acquire();
    await using candidate = aCandidate({ memoryLock });
    const campaign = candidate.campaign();
    await eventually(() => candidate.elector.state.detail.includes('another replica holds'), 'it is refused');
    assert.equal(candidate.database.leader.epoch, 1);
    assert.ok(holder.result === 'held');
    await holder.lock.release();
    assert.equal((await campaign).epoch, 2);
  });

  it('asks the database nothing more while it waits for the lock', async () => {
    const memoryLock = new MemoryLock();
    const holder = await memoryLock.acquire();
    let tries = 0;
    memoryLock.onAcquire = () => {
      tries += 1;
    };
    await using candidate = aCandidate({ memoryLock });
    candidate.database.leader = { lockName: 'nightwatch', epoch: 1, holder: undefined };
    const campaign = candidate.campaign();
    await eventually(() => tries > 3, 'it has been refused again and again');
    assert.deepEqual(
      candidate.database.statements.map(({ name }) => name),
      ['read'],
    );
    assert.ok(holder.result === 'held');
    await holder.lock.release();
    await campaign;
  });

  it('does not lead when the database came to elect by another lock while it waited', async () => {
    const memoryLock = new MemoryLock();
    const holder = await memoryLock.acquire();
    await using candidate = aCandidate({ memoryLock });
    const { database, elector, stop } = candidate;
    const campaign = candidate.campaign();
    await eventually(() => elector.state.detail.includes('another replica holds'), 'it is refused');
    database.leader = { lockName: 'nightwatch-eu', epoch: 3, holder: undefined };
    assert.ok(holder.result === 'held');
    await holder.lock.release();
    await eventually(() => elector.state.isMisconfigured, 'it sees the other name');
    stop.abort();
    await assert.rejects(campaign);
    assert.deepEqual([database.leader.epoch, memoryLock.isHeld], [3, false]);
  });

  it('says what keeps it from leading, once for as long as it is the same', async () => {
    await using candidate = aCandidate({ obstacle: () => 'kubernetes: no answer' });
    const campaign = candidate.campaign();
    await eventually(() => candidate.memoryLog.lines.length > 0, 'it is logged');
    await new Promise((resolve) => setTimeout(resolve, 30));
    candidate.stop.abort();
    await assert.rejects(campaign);
    assert.equal(candidate.memoryLog.with('not leading').length, 1);
  });

  it('ends at once when it is stopped between two tries, and leaves no listener', async () => {
    await using candidate = aCandidate({ obstacle: () => 'not yet', timings: aLease({ campaignMs: 60_000 }) });
    const campaign = candidate.campaign();
    await eventually(() => candidate.elector.state.detail === 'not yet', 'the first try is over');
    const stoppedAtMs = performance.now();
    candidate.stop.abort();
    await assert.rejects(campaign);
    assert.ok(performance.now() - stoppedAtMs < 500);
    assert.equal(getEventListeners(candidate.stop.signal, 'abort').length, 0);
  });

  it('ends at once when it is stopped while something hangs, and gives back a lead that comes all the same', async () => {
    await using candidate = aCandidate();
    const gate = Promise.withResolvers<void>();
    candidate.lock.onAcquire = () => gate.promise;
    const campaign = candidate.campaign();
    await eventually(() => candidate.database.count('read') > 0, 'it asks for the lock');
    candidate.stop.abort(new RangeError('stopped'));
    await assert.rejects(campaign, /stopped/);
    gate.resolve();
    await eventually(() => candidate.lock.releases === 1, 'the lock is given back');
    assert.equal(candidate.lock.isHeld, false);
  });

  it('does not begin after a stop', async () => {
    await using candidate = aCandidate();
    candidate.stop.abort();
    await assert.rejects(candidate.campaign());
    assert.deepEqual(candidate.database.statements, []);
  });

  it('rests between two tries for the configured time, give or take half', async () => {
    const restsMs: number[] = [];
    for (const random of [0, 0.999]) {
      const triesMs: number[] = [];
      const obstacle = () => {
        triesMs.push(performance.now());
        return 'not yet';
      };
      await using candidate = aCandidate({ obstacle, random: () => random, timings: aLease({ campaignMs: 60 }) });
      const campaign = candidate.campaign();
      await eventually(() => triesMs.length === 2, 'two tries');
      candidate.stop.abort();
      await assert.rejects(campaign);
      restsMs.push((triesMs[1] ?? 0) - (triesMs[0] ?? 0));
    }
    const [shortest = 0, longest = 0] = restsMs;
    assert.ok(shortest >= 29 && longest >= 88, restsMs.join(', '));
  });

  it('no longer says that it leads when it campaigns again', async () => {
    await using candidate = aCandidate();
    const term = await candidate.campaign();
    await term.release();
    const entered = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<undefined>();
    candidate.database.onStatement = () => {
      entered.resolve();
      return answer.promise;
    };
    const again = candidate.campaign();
    await entered.promise;
    const { detail } = candidate.elector.state;
    answer.resolve(undefined);
    await again;
    assert.doesNotMatch(detail, /^leads/);
  });
});
