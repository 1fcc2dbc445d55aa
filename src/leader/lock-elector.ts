import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { isStoreError } from '../store/store-error.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { CampaignState, Elector } from './elector.ts';
import type { LeaderStore } from './leader-store.ts';
import { type Clock, type Instant, type LeaseTimings, leftMs, readClock } from './lease.ts';
import type { LeaderLock } from './lock.ts';
import { createLockNameCheck, type LockNameCheck } from './lock-name.ts';
import { Term } from './term.ts';

export interface LockElectorOptions {
  readonly lock: LeaderLock;
  readonly store: LeaderStore;
  readonly replica: string;
  /** Why this replica must not lead now, such as a schema that does not fit; undefined when it may. */
  readonly obstacle: () => string | undefined;
  readonly timings: LeaseTimings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/**
 * Elects by a lock with a time to live, and takes the fencing token from the database.
 *
 * The lock decides who may try; only the epoch, bumped by compare-and-set, makes a leader, because a lock in a cache can
 * be lost and two holders can overlap, while the database refuses every write of an older epoch.
 */
export function createLockElector(options: LockElectorOptions): Elector {
  const { lock, log, timings, random = Math.random } = options;
  const lockName = createLockNameCheck(options.store, lock.name);
  let state: CampaignState = { detail: 'has not campaigned yet', isMisconfigured: false };
  return {
    get state() {
      return state;
    },
    async campaign(signal) {
      state = { detail: 'campaigns', isMisconfigured: false };
      for (;;) {
        signal.throwIfAborted();
        const outcome = await unlessStopped(tryOnce(options), signal);
        if (outcome.result === 'leads') {
          state = { detail: `leads with epoch ${outcome.term.epoch}`, isMisconfigured: false };
          return outcome.term;
        }
        if (outcome.detail !== state.detail) log.info({ detail: outcome.detail }, 'not leading');
        state = { detail: outcome.detail, isMisconfigured: outcome.isMisconfigured ?? false };
        await sleep(timings.campaignMs * (0.5 + random()), undefined, { signal });
      }
    },
  };

  async function tryOnce(context: LockElectorOptions): Promise<CampaignOutcome> {
    try {
      return await campaignOnce(context, lockName);
    } catch (error) {
      // A database that is away is an everyday event for a candidate: say so and try again.
      log.warn({ err: error, lock: lock.name }, 'campaign failed');
      return {
        result: 'waits',
        detail: `the database cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }
}

type Waits = { readonly result: 'waits'; readonly detail: string; readonly isMisconfigured?: boolean };
type CampaignOutcome = { readonly result: 'leads'; readonly term: Term } | Waits;

async function campaignOnce(options: LockElectorOptions, lockName: LockNameCheck): Promise<CampaignOutcome> {
  const { lock, timings, clock, log } = options;
  const obstacle = options.obstacle();
  if (obstacle) return { result: 'waits', detail: obstacle };
  // Once it was right, only who holds the lock asks again: a replica that waits costs the database nothing.
  const mistaken = lockName.wasRight ? undefined : await mistakenLock(lockName);
  if (mistaken) return mistaken;
  const acquired = await lock.acquire();
  if (acquired.result === 'refused') return { result: 'waits', detail: acquired.detail };
  const { heldSince } = acquired;
  const id = randomUUID();
  let outcome: EpochOutcome;
  try {
    outcome = (await mistakenLock(lockName)) ?? (await takeEpoch(options, `${options.replica}/${id}`, heldSince));
  } catch (error) {
    await acquired.lock.release();
    throw error;
  }
  if (outcome.result === 'waits') {
    await acquired.lock.release();
    return outcome;
  }
  const { epoch } = outcome;
  log.info({ epoch, term: id }, 'leading');
  return { result: 'leads', term: new Term({ id, epoch, lock: acquired.lock, heldSince, timings, clock, log }) };
}

async function mistakenLock(lockName: LockNameCheck): Promise<Waits | undefined> {
  const detail = await lockName.mismatch();
  return detail === undefined ? undefined : { result: 'waits', detail, isMisconfigured: true };
}

type EpochOutcome = { readonly result: 'taken'; readonly epoch: number } | Waits;

/** Takes the next epoch, unless somebody leads in between or the lease does not last. */
async function takeEpoch(options: LockElectorOptions, holder: string, heldSince: Instant): Promise<EpochOutcome> {
  const { store, timings, clock, log } = options;
  const inTime = () => leftMs(timings.workMs, heldSince, readClock(clock)) > 0;
  const taken = (epoch: number): EpochOutcome => (inTime() ? { result: 'taken', epoch } : outOfTime);
  const { epoch } = await store.read();
  let last: EpochOutcome = outOfTime;
  while (inTime()) {
    try {
      return (await store.bump(epoch, holder)) ? taken(epoch + 1) : overtaken;
    } catch (error) {
      if (!isStoreError(error, 'retry', 'lock-wait', 'unknown')) throw error;
      // Deadlock, lock wait, or a lost answer: only the row tells. Ours if the holder is this very term.
      log.warn({ err: error }, 'the epoch may not have been taken, reading it back');
      const row = await store.read();
      if (row.holder === holder) return taken(row.epoch);
      if (row.epoch !== epoch) return overtaken;
      last = { result: 'waits', detail: `the epoch could not be taken within the lease: ${error.message}` };
    }
  }
  return last;
}

const overtaken: EpochOutcome = { result: 'waits', detail: 'another replica took the epoch first' };
const outOfTime: EpochOutcome = { result: 'waits', detail: 'the lease ran out before the epoch was taken' };

/** A stop is answered at once, whatever hangs; should the try come to lead all the same, the lock is given back. */
async function unlessStopped(attempt: Promise<CampaignOutcome>, signal: AbortSignal): Promise<CampaignOutcome> {
  try {
    return await unlessAborted(attempt, signal);
  } catch (error) {
    void attempt.then((late) => (late.result === 'leads' ? late.term.release() : undefined));
    throw error;
  }
}
