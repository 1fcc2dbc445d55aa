import type { Executor } from '../../executors/executor.ts';
import type { TaskStore } from '../../store/task-store.ts';
import type { TermContext, Watcher, WatcherRun } from '../watcher.ts';
import { followJobs } from './follow-jobs.ts';
import { loadOpenAttempts } from './load-open-attempts.ts';
import type { ObservationState } from './observation-state.ts';
import { Verdicts } from './verdicts.ts';

export interface SyncOptions {
  readonly store: TaskStore;
  readonly executor: Executor;
  readonly namespaces: readonly string[];
  readonly state: ObservationState;
}

/**
 * Brings the state of Jobs into their rows.
 *
 * The work is done as events come; a pass looks after what events alone cannot decide: Jobs that seem to be gone.
 */
export function createSync(options: SyncOptions): Watcher {
  return {
    name: 'sync',
    schedule: '@every 250ms',
    begin: (context) => beginSync(options, context),
  };
}

function beginSync({ store, executor, namespaces, state }: SyncOptions, context: TermContext): WatcherRun {
  const { term, log } = context;
  const verdicts = new Verdicts({ ...context, store, executor });
  const observing = observe();

  /** Rows first: an event about an attempt that is not known yet would be taken for somebody else's. */
  async function observe(): Promise<void> {
    try {
      await loadOpenAttempts(store, context);
      await Promise.all(namespaces.map(observeNamespace));
    } catch (error) {
      if (!term.draining.aborted) throw error;
    }
  }

  function observeNamespace(namespace: string): Promise<void> {
    const observer = followJobs({
      ...context,
      namespace,
      suspect: (attempts, cause) => verdicts.suspect(attempts, cause),
      onTrouble: (detail) => state.note(namespace, detail),
    });
    return executor.observe(namespace, observer, term.draining);
  }

  observing.catch((error: unknown) => {
    log.error({ err: error }, 'following jobs failed');
    term.end('jobs cannot be followed');
  });
  return {
    async run() {
      state.noteBrake(verdicts.brake);
      await verdicts.look();
    },
    async [Symbol.asyncDispose]() {
      await observing.catch(() => {}); // said above
      state.clear();
    },
  };
}
