import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';
import { followJobs } from './follow-jobs.ts';
import { Inherited } from './inherited.ts';
import { loadOpenAttempts } from './load-open-attempts.ts';
import type { ObservationState } from './observation-state.ts';
import { Strays } from './strays.ts';
import { Verdicts } from './verdicts.ts';

export interface SyncOptions {
  readonly namespaces: readonly string[];
  /** What becomes of Jobs of ours that no row carries. */
  readonly orphans: 'keep' | 'delete';
  readonly acceptsDeletedJobs: boolean;
  readonly state: ObservationState;
}

/** The full picture is taken anew this often: an event that was lost on its way is made up for. */
const relistMs = 10 * 60_000;
/** Jobs without our labels send us no events. */
const inheritedEveryMs = 10_000;

/**
 * Brings the state of Jobs into their rows.
 *
 * The work is done as events come; a pass looks after what events alone cannot decide: Jobs that seem to be gone, and
 * Jobs that seem to be nobody's.
 */
export function createSync(options: SyncOptions): Watcher {
  return {
    name: 'sync',
    schedule: '@every 250ms',
    begin: (context) => beginSync(options, context),
  };
}

function beginSync({ namespaces, orphans, acceptsDeletedJobs, state }: SyncOptions, context: TermContext): WatcherRun {
  const { term, executor, log } = context;
  const verdicts = new Verdicts({ ...context, acceptsDeletedJobs });
  const observers = new Map(namespaces.map((namespace) => [namespace, observerOf(namespace)]));
  const inherited = new Inherited({ ...context, namespaces, verdicts });
  let inheritedAtMs = 0;
  const strays = new Strays({ ...context, orphans, tellAgain: (job) => observers.get(job.namespace)?.changed(job) });

  function observerOf(namespace: string) {
    return followJobs({
      ...context,
      namespace,
      onDeleted: (attempt) => verdicts.suspect(attempt),
      onListed: (missing) => verdicts.listed(namespace, missing),
      onStray: (job) => strays.add(job),
      onStrayGone: (job) => strays.gone(job),
      onTrouble: (detail) => state.note(namespace, detail),
    });
  }

  /** Rows first: an event about an attempt that is not known yet would be taken for somebody else's. */
  async function observe(): Promise<void> {
    try {
      await loadOpenAttempts(context);
      await Promise.all([...observers].map(([namespace, observer]) => observeNamespace(namespace, observer)));
    } catch (error) {
      if (term.draining.aborted) return;
      log.error({ err: error }, 'following jobs failed');
      term.giveUp('jobs cannot be followed');
    }
  }

  async function observeNamespace(namespace: string, observer: ReturnType<typeof observerOf>): Promise<void> {
    while (!term.draining.aborted) {
      const relist = AbortSignal.timeout(Math.round(relistMs * (0.8 + Math.random() * 0.4)));
      await executor.observe(namespace, observer, AbortSignal.any([term.draining, relist]));
    }
  }

  const observing = observe();
  return {
    async run() {
      await verdicts.look();
      await strays.look();
      if (performance.now() >= inheritedAtMs) {
        inheritedAtMs = performance.now() + inheritedEveryMs;
        await inherited.look();
      }
      state.noteFindings({ brakes: verdicts.brakes, orphans: strays.orphanCount });
    },
    async [Symbol.asyncDispose]() {
      await observing;
      state.clear();
    },
  };
}
