/** The short lease that the replicas of a round have unless they are told: how long the lock lasts unrenewed. */
export const ttlMs = 1_500;
/** From here on without a renewal the process has to be gone if it has not stopped acting. */
export const hardMs = 1_300;
