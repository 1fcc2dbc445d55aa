import { systemClock } from '../../src/leader/lease.ts';
import { createLockElector } from '../../src/leader/lock-elector.ts';
import type { Term } from '../../src/leader/term.ts';
import { type NightwatchOptions, nightwatch } from '../../src/nightwatch.ts';
import { parseSchedule } from '../../src/scheduler/schedule.ts';
import type { ScheduledWatcher } from '../../src/watchers/scheduled-watcher.ts';
import type { TermContext, Watcher, WatcherRun } from '../../src/watchers/watcher.ts';
import { aLease } from '../support/a-term.ts';
import { aPolicy } from '../support/builders.ts';
import { MemoryCluster } from '../support/memory-cluster.ts';
import { MemoryDatabase, memoryLeaderStore } from '../support/memory-database.ts';
import { MemoryLock } from '../support/memory-lock.ts';
import { aMemoryLog } from '../support/memory-log.ts';
import { memoryTaskStore } from '../support/memory-task-store.ts';

/** A watcher that does what it is told, every other millisecond. */
export function aWatcherThat(begin: (context: TermContext) => Partial<WatcherRun>): ScheduledWatcher {
  const watcher: Watcher = {
    ...{ name: 'example', schedule: '@every 2ms' },
    begin: (context) => ({ run: async () => {}, async [Symbol.asyncDispose]() {}, ...begin(context) }),
  };
  const parsed = parseSchedule(watcher.schedule);
  if (parsed.result === 'invalid') throw new Error(parsed.message);
  return { watcher, schedule: parsed.schedule };
}

export interface ReplicaOptions extends Partial<NightwatchOptions> {
  readonly timings?: ReturnType<typeof aLease>;
  readonly database?: MemoryDatabase;
  readonly lock?: MemoryLock;
}

/** A replica on a lock, a database and a cluster in memory, running its story. Disposal stops it and waits for its end. */
export function aReplica(options: ReplicaOptions = {}) {
  const { timings = aLease(), database = new MemoryDatabase(), lock = new MemoryLock(), ...overrides } = options;
  const cluster = new MemoryCluster();
  const memoryLog = aMemoryLog();
  const { log } = memoryLog;
  const stop = new AbortController();
  const terms: (Term | undefined)[] = [];
  const toldAtMs: number[] = [];
  const elector = createLockElector({
    ...{ lock, store: memoryLeaderStore(database), replica: 'a', obstacle: () => undefined },
    ...{ timings, clock: systemClock, log, random: () => 0.5 },
  });
  const store = memoryTaskStore(database);
  const ended = nightwatch(
    {
      elector,
      watchers: [],
      openInstallation: async () => ({ store, executor: cluster.executor, policy: aPolicy() }),
      troubleMs: () => 0,
      campaignMs: 5,
      onTerm: (term) => {
        terms.push(term);
        toldAtMs.push(performance.now());
      },
      log,
      ...overrides,
    },
    stop.signal,
  );
  ended.catch(() => {}); // the test looks at it
  return {
    ...{ database, lock, cluster, memoryLog, stop, terms, toldAtMs, ended },
    /** The term that is led now. */
    term: () => terms.at(-1),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended.catch(() => {});
    },
  };
}
