/** The lease as users get it: for tests of what is promised for that one. */
export const defaultLease = {
  NIGHTWATCH_LEASE_TTL: '5s',
  NIGHTWATCH_LEASE_RENEW: '1s',
  NIGHTWATCH_LEASE_WORK: '3.3s',
  NIGHTWATCH_LEASE_HARD: '4.4s',
  NIGHTWATCH_REDIS_TIMEOUT: '500ms',
  NIGHTWATCH_CAMPAIGN_INTERVAL: '500ms',
} as const;
