import { formatDuration } from '../duration.ts';
import type { ConfigFault } from './setting.ts';

/** The times of leading, all in milliseconds; they hold together as {@link leaseFault} says. */
export interface LeaseTimings {
  /** How long Redis keeps the lock after a renewal. */
  readonly ttlMs: number;
  /** From one renewal to the next. */
  readonly renewMs: number;
  /** After this long without a renewal the leader stops acting. */
  readonly workMs: number;
  /** After this long without a renewal the process has to be gone. */
  readonly hardMs: number;
  /** How long one command to Redis may take. */
  readonly redisTimeoutMs: number;
}

/**
 * Finds timings under which two replicas could act at once, or a healthy leader would step down; undefined if sound.
 *
 * A renewal that fails once must fit, with its repetition, into the time in which the leader may work; and the leader
 * must have stopped acting, and then be gone, before Redis forgets the lock.
 */
export function leaseFault(timings: LeaseTimings, where: string): ConfigFault | undefined {
  const { ttlMs, renewMs, workMs, hardMs, redisTimeoutMs } = timings;
  const busyMs = renewMs + 2 * redisTimeoutMs;
  if (busyMs < workMs && workMs < hardMs && hardMs < ttlMs) return undefined;
  const [renew, timeout, busy, work, hard, ttl] = [renewMs, redisTimeoutMs, busyMs, workMs, hardMs, ttlMs].map(
    formatDuration,
  );
  return {
    name: 'NIGHTWATCH_LEASE_RENEW, _WORK, _HARD, _TTL and NIGHTWATCH_REDIS_TIMEOUT',
    given: `renew ${renew} + 2 x Redis time-out ${timeout} = ${busy}, work ${work}, hard ${hard}, TTL ${ttl}`,
    allowed:
      'renew + 2 x Redis time-out < work < hard < TTL, such as 1s + 2 x 500ms < 3.3s < 4.4s < 5s; raise all of them together',
    where,
    problem: undefined,
  };
}
