import { Redis } from 'ioredis';
import Redlock, { ExecutionError, type Lock, ResourceLockedError } from 'redlock';
import type { RedisAddress } from '../../config/redis-addresses.ts';
import type { Logger } from '../../log.ts';
import { type Clock, type LeaseTimings, readClock } from '../lease.ts';
import type { AcquireResult, HeldLock, LeaderLock, RenewResult } from '../lock.ts';
import { guardedAcquire, mostLeases } from './guarded-acquire.ts';
import { isHeldByMajority } from './is-held.ts';

export interface RedisLockOptions {
  /** An odd number of independent servers (checked by the configuration). */
  readonly servers: readonly RedisAddress[];
  readonly name: string;
  readonly timings: LeaseTimings;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The leader lock on Redis, by the Redlock algorithm.
 *
 * Of the library only acquire, extend and release are used, each once and raced against a timer: its own retries, its
 * notion of when a lock expires and its `using` do not hold under a partition, and a majority of hung sockets never settles.
 */
export function createRedisLock({ servers, name, timings, clock, log }: RedisLockOptions): LeaderLock {
  const clients = servers.map((server) => connect(server, timings.commandMs, log));
  const redlock = new Redlock(clients, { retryCount: 0 }, { acquireScript: guardedAcquire });
  redlock.on('error', (error: Error) => log.debug({ err: error }, 'a lock server did not vote for us'));
  const deadlineMs = timings.commandMs + 100;
  const key = `nightwatch:lock:${name}`;
  const release = async (lock: Lock) => {
    await beforeDeadline(redlock.release(lock, once), deadlineMs).catch((error: unknown) =>
      log.debug({ err: error }, 'lock not released, it runs out by itself'),
    );
  };

  return {
    name,
    servers: () => servers.map((server, index) => ({ name: server.name, isUp: clients[index]?.status === 'ready' })),
    async acquire(): Promise<AcquireResult> {
      // One small question instead of two scripts: a replica that waits asks twice a second, for months.
      if (await isHeldByMajority(clients, key, mostLeases * timings.ttlMs)) return heldElsewhere;
      const heldSince = readClock(clock);
      const request = redlock.acquire([key], timings.ttlMs, once);
      try {
        const lock = await beforeDeadline(request, deadlineMs);
        return { result: 'held', heldSince, lock: holdLock(lock) };
      } catch (error) {
        if (error instanceof DeadlineError) request.then(release, () => {}); // The loser of the race must not stay locked.
        return { result: 'refused', detail: await explain(error) };
      }
    },
    [Symbol.asyncDispose]: async () => clients.forEach((client) => void client.disconnect()),
  };

  function holdLock(first: Lock): HeldLock {
    let lock = first;
    return {
      async renew(): Promise<RenewResult> {
        const heldSince = readClock(clock);
        const request = redlock.extend(lock, timings.ttlMs, once);
        // A late success replaces the library's lock object too: extending the old one again would be refused.
        const adopted = request.then((extended) => {
          lock = extended;
        });
        try {
          await beforeDeadline(adopted, deadlineMs);
          return { result: 'renewed', heldSince };
        } catch (error) {
          const detail = await explain(error);
          return { result: (await isLost(error)) ? 'lost' : 'failed', detail };
        }
      },
      release: () => release(lock),
    };
  }
}

const once = { retryCount: 0 } as const;
const heldElsewhere: AcquireResult = { result: 'refused', detail: 'another replica holds the lock' };

/** A lock that waits in a queue or is sent again after a reconnect is a lock that nobody knows of: every such default is off. */
function connect(server: RedisAddress, commandMs: number, log: Logger): Redis {
  const client = new Redis({
    host: server.host,
    port: server.port,
    db: server.database,
    ...(server.user !== undefined && { username: server.user }),
    ...(server.password !== undefined && { password: server.password.reveal() }),
    ...(server.tls && { tls: {} }),
    commandTimeout: commandMs,
    socketTimeout: 3_000,
    connectTimeout: 1_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(200 * times, 2_000),
  });
  client.on('error', (error: Error) => log.debug({ err: error, redis: server.name }, 'lock server connection'));
  return client;
}

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

async function beforeDeadline<Value>(request: Promise<Value>, deadlineMs: number): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DeadlineError(`no majority of the lock servers answered within ${deadlineMs} ms`)),
    deadlineMs,
  );
  try {
    return await Promise.race([request, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The servers' own words: the library's message is always the same. */
async function explain(error: unknown): Promise<string> {
  const votes = await votesAgainst(error);
  if (votes.length > 0) {
    if (votes.some((vote) => vote instanceof ResourceLockedError))
      return 'another replica holds the lock (or Redis has been up for less than the lease)';
    return [...new Set(votes.map(wordsOf))].join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

/** The client's own sentence speaks of its options. */
function wordsOf({ message }: Error): string {
  return /enableOfflineQueue|Connection is closed/.test(message) ? 'Redis is not connected' : message;
}

/** A majority says that the key is somebody else's or gone. */
async function isLost(error: unknown): Promise<boolean> {
  if (error instanceof ExecutionError && error.attempts.length === 0) return true; // the library thinks it has expired
  const votes = await votesAgainst(error);
  const stats = error instanceof ExecutionError ? await error.attempts[0] : undefined;
  return stats !== undefined && votes.filter((vote) => vote instanceof ResourceLockedError).length >= stats.quorumSize;
}

async function votesAgainst(error: unknown): Promise<readonly Error[]> {
  if (!(error instanceof ExecutionError)) return [];
  const attempts = await Promise.all(error.attempts);
  return attempts.flatMap((stats) => [...stats.votesAgainst.values()]);
}
