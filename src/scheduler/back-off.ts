const firstMs = 100;
const longestMs = 5_000;

/**
 * Says how long to rest after a number of failures in a row (1 or more), in milliseconds.
 *
 * 100 ms doubling to 5 s, of which a random part of at most a half is taken off, so that replicas which failed
 * together do not come back together. `random` gives numbers from 0 to below 1.
 */
export function backOffMs(failures: number, random: () => number): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return fullMs * (1 - random() / 2);
}
