import { databaseAddress } from '../../src/config/database-address.ts';
import { redisAddresses } from '../../src/config/redis-addresses.ts';
import { systemClock } from '../../src/leader/lease.ts';
import { createLockElector } from '../../src/leader/lock-elector.ts';
import { createRedisLock } from '../../src/leader/redlock/redis-lock.ts';
import { openDatabase } from '../../src/store/mysql/database.ts';
import { createLeaderStore } from '../../src/store/mysql/leader-store.ts';
import type { Candidate, CandidateOptions, Election } from '../contract/elector/election.ts';
import { aMemoryLog } from './memory-log.ts';
import { parsed } from './parsed.ts';
import type { RedisServer } from './redis.ts';
import { startTcpProxy } from './tcp-proxy.ts';

// So long that a busy machine does not end terms by itself.
const timings = { ttlMs: 3_000, renewMs: 400, workMs: 2_000, hardMs: 2_600, commandMs: 500, campaignMs: 100 };
// As the service has it.
const statementMs = 5_000;

export interface RedlockElectionOptions {
  readonly redis: RedisServer;
  /** `mysql://…` of the service's user on a migrated database. */
  readonly databaseUrl: string;
  readonly lockName: string;
}

/** An election by Redlock and a leader row on a real database; disposal closes what its candidates hold. */
export function redlockElection(options: RedlockElectionOptions): Election & AsyncDisposable {
  const resources = new AsyncDisposableStack();
  const observer = resources.adopt(openDatabase(parsed(databaseAddress, options.databaseUrl), pool), (database) =>
    database.destroy(),
  );
  const candidates: Candidate[] = [];
  let count = 0;
  return {
    timings,
    async candidate(candidateOptions = {}) {
      count += 1;
      const made = await makeCandidate(resources, `candidate-${count}`, { ...options, ...candidateOptions });
      candidates.push(made);
      return made;
    },
    readEpoch: async () => (await createLeaderStore(observer).read()).epoch,
    async [Symbol.asyncDispose]() {
      // A pool that is closed says good-bye to its server, and waits for that.
      for (const candidate of candidates) {
        candidate.setLockReachable(true);
        candidate.setStoreReachable(true);
      }
      await resources.disposeAsync();
    },
  };
}

const pool = { connections: 2, statementMs } as const;

async function makeCandidate(
  resources: AsyncDisposableStack,
  replica: string,
  {
    redis,
    databaseUrl,
    lockName,
    obstacle = () => undefined,
    decorateStore = (store) => store,
  }: RedlockElectionOptions & CandidateOptions,
): Promise<Candidate> {
  const address = parsed(databaseAddress, databaseUrl);
  const toLock = resources.use(await startTcpProxy(redis.port));
  const toStore = resources.use(await startTcpProxy(address.port));
  const { log } = aMemoryLog();
  const servers = parsed(redisAddresses, `redis://127.0.0.1:${toLock.port}`);
  const lock = resources.use(createRedisLock({ servers, name: lockName, timings, clock: systemClock, log }));
  const database = resources.adopt(openDatabase({ ...address, port: toStore.port }, pool), (opened) =>
    opened.destroy(),
  );
  const elector = createLockElector({
    lock,
    store: decorateStore(createLeaderStore(database)),
    replica,
    obstacle,
    timings,
    clock: systemClock,
    log,
  });
  return {
    elector,
    setLockReachable: (isReachable) => (isReachable ? toLock.pass() : toLock.silence()),
    setStoreReachable: (isReachable) => (isReachable ? toStore.pass() : toStore.silence()),
  };
}
