import { randomUUID } from 'node:crypto';
import { type LeaseTimings, readClock, systemClock } from '../../src/leader/lease.ts';
import { Term, type TermOptions } from '../../src/leader/term.ts';
import { MemoryLock } from './memory-lock.ts';
import { aMemoryLog } from './memory-log.ts';

/** Timings under which no test comes near the end of a lease. */
export function aLease(overrides: Partial<LeaseTimings> = {}): LeaseTimings {
  return {
    ...{ ttlMs: 60_000, renewMs: 10_000, workMs: 40_000, hardMs: 50_000, commandMs: 500, campaignMs: 5 },
    ...overrides,
  };
}

/** A term that has just begun, on a lock of its own unless told; end it, or its timers keep the process. */
export async function aTerm(
  overrides: Partial<TermOptions> & { readonly memoryLock?: MemoryLock } = {},
): Promise<Term> {
  const { memoryLock = new MemoryLock(), clock = systemClock, ...options } = overrides;
  const acquired = await memoryLock.acquire();
  if (acquired.result === 'refused') throw new Error(acquired.detail);
  const { log } = aMemoryLog();
  const heldSince = readClock(clock);
  return new Term({
    id: randomUUID(),
    epoch: 1,
    lock: acquired.lock,
    heldSince,
    timings: aLease(),
    clock,
    log,
    ...options,
  });
}
