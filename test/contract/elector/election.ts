import type { Elector } from '../../../src/leader/elector.ts';
import type { LeaderStore } from '../../../src/leader/leader-store.ts';
import type { LeaseTimings } from '../../../src/leader/lease.ts';
import type { Term } from '../../../src/leader/term.ts';

/** A replica's own elector, with the network between it and what it elects by. */
export interface Candidate {
  readonly elector: Elector;
  /** Lets nothing pass to and from the lock any more, or again. */
  readonly setLockReachable: (isReachable: boolean) => void;
  readonly setStoreReachable: (isReachable: boolean) => void;
}

export interface CandidateOptions {
  /** Unless told, this replica may lead. */
  readonly obstacle?: () => string | undefined;
  /** Puts something between the elector and its store. */
  readonly decorateStore?: (store: LeaderStore) => LeaderStore;
  /** The same for all unless told. */
  readonly lockName?: string;
}

/** One lock and one leader row, free when a test begins. */
export interface Election {
  readonly timings: LeaseTimings;
  /** Makes one more candidate; it is disposed with the election. */
  candidate(options?: CandidateOptions): Promise<Candidate>;
  readEpoch(): Promise<number>;
}

/** For campaigns that nothing is to stop. */
export const never = new AbortController().signal;

/** Campaigns until the replica leads; undefined when the signal came first. */
export async function campaignUnless(elector: Elector, signal: AbortSignal): Promise<Term | undefined> {
  try {
    return await elector.campaign(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
