/** Both clocks, in milliseconds: a pause of the machine may stop either, a step of the wall clock moves only one. */
export interface Clock {
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
}

export const systemClock: Clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };

/** Lease timings in milliseconds; renew + 2 x command < work < hard < ttl (checked by the configuration). */
export interface LeaseTimings {
  /** How long Redis keeps the lock after the last renewal. */
  readonly ttlMs: number;
  readonly renewMs: number;
  /** Since the last renewal: from here on nothing acts any more. */
  readonly workMs: number;
  /** Since the last renewal: here the process must be gone if it has not drained. */
  readonly hardMs: number;
  /** Longest wait for one answer of the lock servers. */
  readonly commandMs: number;
  /** Between two campaigns, give or take half. */
  readonly campaignMs: number;
}

/** A moment on both clocks, taken before a request was sent: the lease cannot have begun earlier. */
export interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function readClock(clock: Clock): Instant {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
}

/** Milliseconds left of a budget that began at `since`; whichever clock ran faster counts. */
export function leftMs(budgetMs: number, since: Instant, now: Instant): number {
  return budgetMs - Math.max(now.monotonicMs - since.monotonicMs, now.wallMs - since.wallMs);
}
