import type { Clock } from '../../src/leader/lease.ts';
import { endStoreCalls } from '../../src/store/end-store-calls.ts';
import type { LaunchPolicy } from '../../src/task/policy.ts';
import { Conclusions } from '../../src/watchers/conclusions.ts';
import { LogKeeper } from '../../src/watchers/logs/log-keeper.ts';
import { OpenAttempts } from '../../src/watchers/open-attempts.ts';
import { createRecorder } from '../../src/watchers/recorder.ts';
import type { TermContext } from '../../src/watchers/watcher.ts';
import { aTerm } from './a-term.ts';
import { aPolicy } from './builders.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { MemoryDatabase } from './memory-database.ts';
import { aMemoryLog, type MemoryLog } from './memory-log.ts';
import { memoryTaskStore } from './memory-task-store.ts';

/** What the watchers of one term share, on a database and a cluster in memory. Disposal ends the term. */
export interface TestContext extends TermContext, AsyncDisposable {
  readonly database: MemoryDatabase;
  readonly cluster: MemoryCluster;
  readonly memoryLog: MemoryLog;
}

export interface ContextOptions {
  readonly database?: MemoryDatabase;
  readonly cluster?: MemoryCluster;
  readonly policy?: Partial<LaunchPolicy>;
  /** That of the lease; the machine's own unless told. */
  readonly clock?: Clock;
}

export async function aTermContext(options: ContextOptions = {}): Promise<TestContext> {
  const { database = new MemoryDatabase(), cluster = new MemoryCluster() } = options;
  const memoryLog = aMemoryLog();
  const { log } = memoryLog;
  const term = await aTerm({ log, epoch: database.leader.epoch, ...(options.clock && { clock: options.clock }) });
  const store = endStoreCalls(memoryTaskStore(database), term.ended);
  const attempts = new OpenAttempts();
  const recorder = createRecorder(store, term, log);
  const shared = { term, store, log, executor: cluster.executor, policy: aPolicy(options.policy), attempts, recorder };
  return {
    ...{ database, cluster, memoryLog, ...shared },
    conclusions: new Conclusions({ ...shared, random: () => 0 }),
    logs: new LogKeeper(shared),
    async [Symbol.asyncDispose]() {
      term.end('the test is over');
    },
  };
}
