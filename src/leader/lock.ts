import type { Instant } from './lease.ts';

/** What asking for the lock came to. `heldSince` is the moment before the request was sent. */
export type AcquireResult =
  | { readonly result: 'held'; readonly lock: HeldLock; readonly heldSince: Instant }
  | { readonly result: 'refused'; readonly detail: string };

/** What a renewal came to: `failed` may be tried again, `lost` may not. */
export type RenewResult =
  | { readonly result: 'renewed'; readonly heldSince: Instant }
  | { readonly result: 'failed'; readonly detail: string }
  | { readonly result: 'lost'; readonly detail: string };

/** A lock that was acquired: one term's own. */
export interface HeldLock {
  renew(): Promise<RenewResult>;
  /** Gives the lock back; at most one command time-out long, never throws: it would run out by itself. */
  release(): Promise<void>;
}

/** One of the servers that vote on the lock. */
export interface LockServer {
  readonly name: string;
  readonly isUp: boolean;
}

/** A lock with a time to live, shared by all replicas; every call ends by itself and none throws. */
export interface LeaderLock extends AsyncDisposable {
  readonly name: string;
  /** How each of its servers is, now. */
  servers(): readonly LockServer[];
  acquire(): Promise<AcquireResult>;
}
