import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../../src/task/job-view.ts';
import { createDispatch } from '../../../src/watchers/dispatch/dispatch.ts';
import { createResync } from '../../../src/watchers/resync/resync.ts';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';
import { createSync } from '../../../src/watchers/sync/sync.ts';
import { aCondition } from '../../support/builders.ts';
import { MemoryCluster } from '../../support/memory-cluster.ts';
import { type Failure, MemoryDatabase } from '../../support/memory-database.ts';
import type { MockTime } from '../../support/mock-time.ts';
import { aTermContext, type TestContext } from '../../support/term-context.ts';

/** What becomes of a call: nothing special, or it never arrives, or it is carried out and nobody hears of it. */
export type Mishap = 'none' | 'request lost' | 'answer lost';

export interface TwoLeadersOptions {
  readonly rows: number;
  readonly time: MockTime;
  readonly delaysMs: readonly number[];
  readonly mishaps: readonly Mishap[];
  /** When the second leader takes the epoch, from the first one's start. */
  readonly takeoverAfterMs: number;
  /** For how long the first one goes on acting after that. */
  readonly formerEndsAfterMs: number;
  readonly endsMs: readonly number[];
}

const namespace = 'default';
const calmMs = 40_000;

/** Lets two leaders act on the same rows and Jobs, first at once and with mishaps, then the second alone and in peace. */
export async function twoLeaders(options: TwoLeadersOptions) {
  const { rows, time, takeoverAfterMs, formerEndsAfterMs, endsMs } = options;
  const database = new MemoryDatabase();
  const jobs = new Map<string, JobView>();
  for (let id = 1; id <= rows; id += 1) database.insert({ taskId: String(id), namespace });
  const network = new Network(options);
  database.onStatement = () => network.statement();
  const former = await lead(database, new MemoryCluster({ jobs, uidPrefix: 'former' }), network);
  await time.advance(takeoverAfterMs);
  database.leader = { ...database.leader, epoch: database.leader.epoch + 1 };
  const next = await lead(database, new MemoryCluster({ jobs, uidPrefix: 'next' }), network);
  for (const endMs of endsMs) setTimeout(() => endOne(next.context.cluster), endMs);
  await time.advance(formerEndsAfterMs);
  former.end();
  network.isCalm = true;
  for (let restMs = 0; restMs < calmMs; restMs += 1_000) {
    await time.advance(1_000, 50);
    while (endOne(next.context.cluster));
    // As after the silence of a watch: what was missed is told by the list.
    next.context.cluster.relist(namespace);
    if (restMs > 3_000 && isOver(database, jobs)) break;
  }
  next.end();
  await time.advance(100);
  return { database, jobs, problems: [...former.problems, ...next.problems] };
}

function isOver({ rows }: MemoryDatabase, jobs: ReadonlyMap<string, JobView>): boolean {
  return jobs.size === rows.size && [...rows.values()].every(({ status }) => status === 'Succeeded');
}

/** Calls take their time, and some are lost, until it is calm. */
class Network {
  isCalm: boolean = false;
  readonly #options: TwoLeadersOptions;
  #calls = 0;

  constructor(options: TwoLeadersOptions) {
    this.#options = options;
  }

  /** Takes the time of a call; resolves with what becomes of it. */
  async call(): Promise<Mishap> {
    const { delaysMs, mishaps } = this.#options;
    this.#calls += 1;
    await sleep(delaysMs[this.#calls % delaysMs.length]);
    return this.isCalm ? 'none' : (mishaps[this.#calls % mishaps.length] ?? 'none');
  }

  async statement(): Promise<Failure | undefined> {
    const mishap = await this.call();
    return mishap === 'none' ? undefined : { kind: 'unknown', isApplied: mishap === 'answer lost' };
  }
}

async function lead(database: MemoryDatabase, cluster: MemoryCluster, network: Network) {
  const context = await aTermContext({ database, cluster });
  const { launch } = cluster.executor;
  const lossy = {
    ...cluster.executor,
    launch: async (...given: Parameters<typeof launch>): ReturnType<typeof launch> => {
      const mishap = await network.call();
      const outcome = mishap === 'request lost' ? undefined : await launch(...given);
      return mishap === 'none' && outcome ? outcome : unavailable;
    },
  };
  cluster.onFind = async () => {
    const mishap = await network.call();
    return mishap === 'none' ? undefined : { result: 'unknown', reason: 'ApiUnavailable', detail: mishap };
  };
  const problems: unknown[] = [];
  const end = runWatchers({ ...context, executor: lossy }, (error) => problems.push(error));
  return { context, problems, end };
}

const unavailable = {
  result: 'wait',
  reason: 'ApiUnavailable',
  message: 'no answer',
  shortestMs: 100,
  longestMs: 1_000,
  scope: 'server',
} as const;

/** Runs the watchers as their schedules would; returns what ends the term. */
function runWatchers(context: TestContext, noteProblem: (error: unknown) => void): () => void {
  const { term } = context;
  const state = new ObservationState();
  const namespaces = [namespace];
  const times = { intervalMs: 10, createLeaseMs: 500, createDeadlineMs: 3_600_000 };
  for (const [watcher, everyMs] of [
    [createDispatch({ ...times, createsInFlight: 4, state }), 10],
    [createSync({ namespaces, orphans: 'keep', acceptsDeletedJobs: false, state }), 250],
    [createResync({ namespaces, lostNamespaces: [], state }), 1_000],
  ] as const) {
    const run = watcher.begin(context, () => {});
    const repeat = async () => {
      while (term.canAct()) {
        // A statement that failed is an everyday event: the next pass tries again.
        await run.run(term.ended).catch((error: unknown) => isExpected(error) || noteProblem(error));
        await sleep(everyMs);
      }
    };
    repeat().catch(noteProblem);
  }
  return () => term.end('the test is over');
}

function isExpected(error: unknown): boolean {
  return error instanceof Error && (error.name === 'StoreError' || error.name === 'AbortError');
}

/** Lets the first Job that runs come to its end; false when none does. */
function endOne(cluster: MemoryCluster): boolean {
  const running = [...cluster.jobs.values()].find(({ conditions }) => conditions.length === 0);
  if (!running) return false;
  cluster.put({ ...running, succeeded: 1, conditions: [aCondition()] });
  return true;
}
