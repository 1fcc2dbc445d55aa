import { getEventListeners } from 'node:events';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { databaseAddress } from '../../src/config/database-address.ts';
import { redisAddresses } from '../../src/config/redis-addresses.ts';
import { createApiClient } from '../../src/executors/kubernetes/api-client.ts';
import { createKubernetesExecutor } from '../../src/executors/kubernetes/kubernetes-executor.ts';
import { systemClock } from '../../src/leader/lease.ts';
import { createLockElector } from '../../src/leader/lock-elector.ts';
import { createRedisLock } from '../../src/leader/redlock/redis-lock.ts';
import type { Term } from '../../src/leader/term.ts';
import { createLogger } from '../../src/log.ts';
import { nightwatch } from '../../src/nightwatch.ts';
import { openDatabase } from '../../src/store/mysql/database.ts';
import { createLeaderStore } from '../../src/store/mysql/leader-store.ts';
import { readSchema } from '../../src/store/mysql/read-schema.ts';
import { createTaskStore } from '../../src/store/mysql/task-store.ts';
import { scheduleWatchers } from '../../src/watchers/scheduled-watcher.ts';
import { ObservationState } from '../../src/watchers/sync/observation-state.ts';
import { createWatchers } from '../../src/watchers/watchers.ts';
import { aPolicy } from './builders.ts';
import { median } from './median.ts';
import { parsed } from './parsed.ts';

/** What the program of this file is told by its environment, as JSON in MANY_TERMS. */
export const manyTermsOptions = z.object({
  databaseUrl: z.string(),
  redisUrl: z.string(),
  lockName: z.string(),
  kubeconfig: z.string(),
  namespace: z.string(),
  /** After these the first sample is taken: pools are filled and code is compiled by then. */
  warmUpTerms: z.number(),
  terms: z.number(),
});
export type ManyTermsOptions = z.infer<typeof manyTermsOptions>;

const sample = z.object({
  rssBytes: z.number(),
  heapBytes: z.number(),
  /** How many of each kind keep the event loop busy: timers, sockets and others. */
  resources: z.record(z.string(), z.number()),
  /** Listeners of the stop signal, at the end of a term. */
  stopListeners: z.number(),
});
export type Sample = z.infer<typeof sample>;

/** What the program prints at its end. */
export const manyTermsReport = z.object({
  first: sample,
  last: sample,
  epochs: z.number(),
  warnings: z.array(z.string()),
});

const timings = { ttlMs: 5_000, renewMs: 1_000, workMs: 3_300, hardMs: 4_400, commandMs: 500, campaignMs: 4 };
const pools = { connections: 10, requestConnections: 20, watchConnections: 2 };

/** The connections that the program may keep when nothing leaks: its pools when they are full, and one to Redis. */
export const mostSockets = pools.connections + pools.requestConnections + pools.watchConnections + 1;

// Sockets that were destroyed go in later turns of the loop.
const settleMs = 1_000;

if (import.meta.main) await main(manyTermsOptions.parse(JSON.parse(process.env.MANY_TERMS ?? '{}')));

async function main(options: ManyTermsOptions): Promise<void> {
  const warnings: string[] = [];
  process.on('warning', (warning) => warnings.push(warning.message));
  await using resources = new AsyncDisposableStack();
  const run = await prepare(options, resources);
  const first = await takeSample(await run(options.warmUpTerms, 'once it follows'));
  const { epochs, stopListeners } = await run(options.terms, 'at any moment');
  const last = await takeSample({ epochs, stopListeners });
  process.stdout.write(JSON.stringify({ first, last, epochs, warnings }));
}

/** At any moment: while the rows are read, the Jobs are listed, or all is quiet. */
type TermEnd = 'once it follows' | 'at any moment';

interface Run {
  readonly epochs: number;
  readonly stopListeners: number;
}

/** Puts the parts together as the service does; returns what leads for a number of terms, one after the other. */
async function prepare(
  options: ManyTermsOptions,
  resources: AsyncDisposableStack,
): Promise<(terms: number, end: TermEnd) => Promise<Run>> {
  const log = createLogger({ level: 'error', format: 'json', fd: 2 });
  const opened = openDatabase(parsed(databaseAddress, options.databaseUrl), {
    connections: pools.connections,
    statementMs: 5_000,
  });
  const database = resources.adopt(opened, (pool) => pool.destroy());
  const client = resources.use(
    await createApiClient({
      access: { source: 'kubeconfig', path: options.kubeconfig },
      requestConnections: pools.requestConnections,
      watchConnections: pools.watchConnections,
      requestTimeoutMs: 10_000,
      userAgent: () => 'nightwatch/test',
    }),
  );
  const servers = parsed(redisAddresses, options.redisUrl);
  const lock = resources.use(createRedisLock({ servers, name: options.lockName, timings, clock: systemClock, log }));
  const elector = createLockElector({
    lock,
    store: createLeaderStore(database),
    replica: 'many-terms',
    obstacle: () => undefined,
    timings,
    clock: systemClock,
    log,
  });
  const openInstallation = async () => {
    const installationId = (await readSchema(database))?.installationId ?? '';
    const executor = createKubernetesExecutor({ client, installationId, log });
    const policy = aPolicy({ installationId, namespaces: [options.namespace] });
    return { store: createTaskStore(database), executor, policy };
  };
  const state = new ObservationState();
  const watchers = watchersOf(options.namespace, state);
  const parts = { elector, watchers, openInstallation, troubleMs: () => 0, campaignMs: timings.campaignMs, log };
  const ends = waysToEnd(() => state.isFollowed(options.namespace));
  return (terms, end) => leadFor(terms, parts, ends[end]);
}

function waysToEnd(isFollowed: () => boolean): Readonly<Record<TermEnd, (term: Term) => void>> {
  const followedAfterMs: number[] = [];
  return {
    'once it follows': (term) => {
      const beganAtMs = performance.now();
      void untilFollowed(term, isFollowed).then(() => {
        followedAfterMs.push(performance.now() - beganAtMs);
        term.end('the test ends it');
      });
    },
    // However busy the machine is, about half of the terms come so far as to follow.
    'at any moment': (term) => {
      setTimeout(() => term.end('the test ends it'), Math.random() * 2 * median(followedAfterMs));
    },
  };
}

async function untilFollowed(term: Term, isFollowed: () => boolean): Promise<void> {
  while (!term.ended.aborted && !isFollowed()) await sleep(1);
}

async function leadFor(
  terms: number,
  parts: Omit<Parameters<typeof nightwatch>[0], 'onTerm'>,
  end: (term: Term) => void,
): Promise<Run> {
  const stop = new AbortController();
  let epochs = 0;
  let stopListeners = 0;
  const onTerm = (term: Term | undefined) => {
    if (term) {
      end(term);
      return;
    }
    epochs += 1;
    stopListeners = getEventListeners(stop.signal, 'abort').length;
    if (epochs === terms) stop.abort();
  };
  await nightwatch({ ...parts, onTerm }, stop.signal);
  return { epochs, stopListeners };
}

function watchersOf(namespace: string, state: ObservationState) {
  const dispatch = { intervalMs: 10, createsInFlight: 16, createLeaseMs: 30_000, createDeadlineMs: 3_600_000 };
  const watchers = createWatchers({
    history: { keptSeconds: undefined, keptRows: undefined },
    ...dispatch,
    ...{ namespaces: [namespace], lostNamespaces: [], orphans: 'keep', acceptsDeletedJobs: false, state },
  });
  const scheduled = scheduleWatchers(watchers, new Map());
  if (scheduled.result === 'unknown') throw new Error('no watcher was chosen by name');
  return scheduled.watchers;
}

async function takeSample({ stopListeners }: Run): Promise<Sample> {
  await sleep(settleMs);
  globalThis.gc?.();
  await sleep(settleMs);
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const kinds = Map.groupBy(process.getActiveResourcesInfo(), (kind) => kind);
  const resources = Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]));
  return { rssBytes: rss, heapBytes: heapUsed, resources, stopListeners };
}
