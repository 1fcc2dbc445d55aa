import type { Redis } from 'ioredis';

/**
 * Whether a majority of the servers keep the key, for at most `longestMs`.
 *
 * A server that does not answer counts as one that does not keep it: this says only when asking for the lock is vain.
 */
export async function isHeldByMajority(
  clients: readonly Pick<Redis, 'pttl'>[],
  key: string,
  longestMs: number,
): Promise<boolean> {
  const majority = Math.floor(clients.length / 2) + 1;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let keeping = 0;
  let others = 0;
  const count = (leftMs: number) => {
    if (leftMs > 0 && leftMs <= longestMs) keeping += 1;
    else others += 1;
    // As soon as it is certain: a server that hangs must not hold up the others.
    if (keeping >= majority) resolve(true);
    else if (others > clients.length - majority) resolve(false);
  };
  for (const client of clients) client.pttl(key).then(count, () => count(0));
  return await promise;
}
