import { createLockElector, type LockElectorOptions } from '../../../src/leader/lock-elector.ts';
import type { Term } from '../../../src/leader/term.ts';
import { aLease } from '../../support/a-term.ts';
import { LeaseClock } from '../../support/lease-clock.ts';
import { MemoryDatabase, memoryLeaderStore } from '../../support/memory-database.ts';
import { MemoryLock } from '../../support/memory-lock.ts';
import { aMemoryLog } from '../../support/memory-log.ts';

/** A candidate on a lock and a database in memory, whose campaigns follow each other quickly. */
export function aCandidate(
  overrides: Partial<LockElectorOptions> & { database?: MemoryDatabase; memoryLock?: MemoryLock } = {},
) {
  const { database = new MemoryDatabase(), ...options } = overrides;
  const clock = new LeaseClock();
  const { memoryLock: lock = new MemoryLock('nightwatch', clock) } = overrides;
  const memoryLog = aMemoryLog();
  const stop = new AbortController();
  const terms: Term[] = [];
  const elector = createLockElector({
    ...{ lock, store: memoryLeaderStore(database), replica: 'a', obstacle: () => undefined, clock },
    ...{ timings: aLease(), log: memoryLog.log, random: () => 0.5 },
    ...options,
  });
  return {
    ...{ database, lock, clock, memoryLog, stop, elector },
    async campaign(): Promise<Term> {
      const term = await elector.campaign(stop.signal);
      terms.push(term);
      return term;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      for (const term of terms) await term.release();
    },
  };
}
