import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aLease } from '../../support/a-term.ts';
import { LeaseClock } from '../../support/lease-clock.ts';
import type { Failure, MemoryDatabase } from '../../support/memory-database.ts';
import { MemoryLock } from '../../support/memory-lock.ts';
import { aCandidate } from './a-candidate.ts';

/** Fails the first so many bumps. */
function failingBumps(database: MemoryDatabase, failures: readonly Failure[]): void {
  const left = [...failures];
  database.onStatement = (name) => (name === 'bump' ? left.shift() : undefined);
}

describe('taking the epoch', () => {
  it('leads with the next epoch, and records who holds it and by which lock', async () => {
    await using candidate = aCandidate();
    candidate.database.leader = { lockName: undefined, epoch: 41, holder: 'b/somebody' };
    const term = await candidate.campaign();
    assert.equal(term.epoch, 42);
    assert.deepEqual(candidate.database.leader, { lockName: 'nightwatch', epoch: 42, holder: `a/${term.id}` });
    assert.equal(candidate.elector.state.detail, 'leads with epoch 42');
  });

  it('gives the lock back when somebody else took the epoch in between', async () => {
    await using candidate = aCandidate();
    const { database, lock } = candidate;
    let isOvertaken = false;
    database.onStatement = (name) => {
      if (name !== 'bump' || isOvertaken) return undefined;
      isOvertaken = true;
      database.leader = { ...database.leader, epoch: 2, holder: 'b/quicker' };
      return undefined;
    };
    const term = await candidate.campaign();
    assert.equal(term.epoch, 3);
    assert.equal(lock.releases, 1);
  });

  for (const kind of ['retry', 'lock-wait'] as const) {
    it(`bumps again after a statement that was rolled back (${kind})`, async () => {
      await using candidate = aCandidate();
      failingBumps(candidate.database, [{ kind }, { kind }]);
      assert.equal((await candidate.campaign()).epoch, 2);
      assert.equal(candidate.database.count('bump'), 3);
      assert.equal(candidate.lock.releases, 0);
    });
  }

  it('recognises its own bump by the holder when the answer was lost', async () => {
    await using candidate = aCandidate();
    failingBumps(candidate.database, [{ kind: 'unknown', isApplied: true }]);
    const term = await candidate.campaign();
    assert.deepEqual([term.epoch, candidate.database.leader.epoch], [2, 2]);
    assert.equal(candidate.database.count('bump'), 1);
  });

  it('does not take another holder for itself when the answer was lost', async () => {
    await using candidate = aCandidate();
    const { database, lock } = candidate;
    let failures = 0;
    database.onStatement = (name) => {
      if (name !== 'bump' || failures++ > 0) return undefined;
      database.leader = { ...database.leader, epoch: 2, holder: 'b/quicker' };
      return { kind: 'unknown' };
    };
    assert.equal((await candidate.campaign()).epoch, 3);
    assert.equal(lock.releases, 1);
  });

  it('does not lead when the lease ran out while the epoch was being taken', async () => {
    await using candidate = aCandidate();
    const { database, lock, clock } = candidate;
    let isSlow = true;
    database.onStatement = (name) => {
      if (name === 'bump' && isSlow) clock.advance(aLease().workMs);
      if (name === 'bump') isSlow = false;
      return undefined;
    };
    const term = await candidate.campaign();
    assert.equal(term.epoch, 3);
    assert.equal(lock.releases, 1);
  });

  it('says what kept it from taking the epoch for as long as the lease lasted', async () => {
    await using candidate = aCandidate();
    const { database, clock, memoryLog } = candidate;
    let isHeld = true;
    database.onStatement = (name) => {
      if (name !== 'bump' || !isHeld) return undefined;
      clock.advance(aLease().workMs);
      isHeld = false;
      return { kind: 'lock-wait' };
    };
    await candidate.campaign();
    const [waited] = memoryLog.with('not leading');
    assert.equal(waited?.detail, 'the epoch could not be taken within the lease: bump failed (lock-wait)');
  });

  it('does not bump at all when the lock was so long in coming that its lease has run out', async () => {
    await using candidate = aCandidate();
    const { database, lock, clock } = candidate;
    let isSlow = true;
    lock.onAcquire = () => {
      if (isSlow) clock.stepWall(aLease().workMs);
      isSlow = false;
    };
    await candidate.campaign();
    assert.equal(database.count('bump'), 1);
    assert.equal(lock.releases, 1);
  });

  it('gives the lock back and tries again when the database fails after the lock was acquired', async () => {
    await using candidate = aCandidate();
    const { database, lock, memoryLog } = candidate;
    let isAway = true;
    database.onStatement = (name) => {
      if (!lock.isHeld || !isAway || name !== 'read') return undefined;
      isAway = false;
      return { kind: 'unknown' };
    };
    assert.equal((await candidate.campaign()).epoch, 2);
    assert.equal(lock.releases, 1);
    assert.equal(memoryLog.with('campaign failed').length, 1);
  });

  for (const kind of ['demoted', 'configuration'] as const) {
    it(`gives up the try, instead of bumping in a hot loop, when the database refuses it (${kind})`, async () => {
      const clock = new LeaseClock();
      await using candidate = aCandidate({ clock, memoryLock: new MemoryLock('nightwatch', clock) });
      const { database, lock } = candidate;
      // Should it loop all the same, the lease runs out by and by.
      database.onStatement = (name) => {
        if (name !== 'bump') return undefined;
        clock.advance(1_000);
        return lock.releases > 0 ? undefined : { kind };
      };
      await candidate.campaign();
      assert.equal(database.count('bump'), 2);
    });
  }
});
