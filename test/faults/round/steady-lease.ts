/**
 * A lease that a busy machine does not lose: for faults that happen to whoever leads at their beginning.
 *
 * Twice the usual one of tests; a first leader need not be waited for any longer by it, for starting takes that long.
 */
export const steadyLease = {
  NIGHTWATCH_LEASE_TTL: '3s',
  NIGHTWATCH_LEASE_RENEW: '400ms',
  NIGHTWATCH_LEASE_WORK: '2s',
  NIGHTWATCH_LEASE_HARD: '2600ms',
  NIGHTWATCH_REDIS_TIMEOUT: '400ms',
  NIGHTWATCH_CAMPAIGN_INTERVAL: '200ms',
} as const;
