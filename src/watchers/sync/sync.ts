import type { JobObserver, PodObserver } from '../../executors/executor.ts';
import type { JobView } from '../../task/job-view.ts';
import { TimeLimit } from '../../time-limit.ts';
import { followPods } from '../pods/follow-pods.ts';
import { Refusals } from '../pods/refusals.ts';
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
const relistSeconds = 10 * 60;
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
    begin: (context) => new SyncRun(options, context),
  };
}

class SyncRun implements WatcherRun {
  readonly #context: TermContext;
  readonly #state: ObservationState;
  readonly #verdicts: Verdicts;
  readonly #strays: Strays;
  readonly #inherited: Inherited;
  readonly #refusals: Refusals;
  readonly #observers: ReadonlyMap<string, JobObserver>;
  readonly #podObservers: ReadonlyMap<string, PodObserver>;
  /** By namespace, why its pods are not followed. */
  readonly #podTroubles = new Map<string, string>();
  readonly #observing: Promise<void>;
  #inheritedAtMs = 0;

  constructor({ namespaces, orphans, acceptsDeletedJobs, state }: SyncOptions, context: TermContext) {
    this.#context = context;
    this.#state = state;
    this.#verdicts = new Verdicts({ ...context, acceptsDeletedJobs });
    this.#observers = new Map(namespaces.map((namespace) => [namespace, this.#observerOf(namespace)]));
    this.#podObservers = new Map(namespaces.map((namespace) => [namespace, this.#podObserverOf(namespace)]));
    this.#refusals = new Refusals(context);
    const tellAgain = (job: JobView) => this.#observers.get(job.namespace)?.changed(job);
    this.#strays = new Strays({ ...context, orphans, tellAgain });
    this.#inherited = new Inherited({ ...context, namespaces, verdicts: this.#verdicts });
    this.#observing = this.#observe();
  }

  async run(): Promise<void> {
    await this.#verdicts.look();
    await this.#strays.look();
    await this.#refusals.look();
    if (performance.now() >= this.#inheritedAtMs) {
      this.#inheritedAtMs = performance.now() + inheritedEveryMs;
      await this.#inherited.look();
    }
    const { troubles } = this.#context.recorder;
    const pods = [...this.#podTroubles].map(([namespace, detail]) => `${namespace}, pods: ${detail}`);
    const orphans = this.#strays.orphanCount;
    this.#state.noteFindings({ brakes: this.#verdicts.brakes, writes: troubles, pods, orphans });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#observing;
    this.#state.clear();
  }

  #observerOf(namespace: string): JobObserver {
    return followJobs({
      ...this.#context,
      namespace,
      onDeleted: (attempt) => this.#verdicts.suspect(attempt),
      onListed: (missing) => this.#verdicts.listed(namespace, missing),
      onStray: (job) => this.#strays.add(job),
      onStrayGone: (job) => this.#strays.gone(job),
      onTrouble: (detail) => this.#state.note(namespace, detail),
    });
  }

  #podObserverOf(namespace: string): PodObserver {
    const onTrouble = (detail: string | undefined) => {
      if (detail === undefined) this.#podTroubles.delete(namespace);
      else this.#podTroubles.set(namespace, detail);
    };
    return followPods({ ...this.#context, namespace, onTrouble });
  }

  /** Rows first: an event about an attempt that is not known yet would be taken for somebody else's. */
  async #observe(): Promise<void> {
    const { term, log } = this.#context;
    try {
      await loadOpenAttempts(this.#context);
      const { executor } = this.#context;
      await Promise.all([
        ...[...this.#observers].map((followed) => this.#follow(executor.observe, ...followed)),
        ...[...this.#podObservers].map((followed) => this.#follow(executor.observePods, ...followed)),
      ]);
    } catch (error) {
      if (term.draining.aborted) return;
      log.error({ err: error }, 'following jobs failed');
      term.giveUp('jobs cannot be followed');
    }
  }

  async #follow<Observing>(
    observe: (namespace: string, observer: Observing, signal: AbortSignal) => Promise<void>,
    namespace: string,
    observer: Observing,
  ): Promise<void> {
    const { term } = this.#context;
    while (!term.draining.aborted) {
      // In whole seconds: Node keeps a list of timers for each duration that it ever saw until that has passed.
      const untilRelistMs = 1_000 * Math.round(relistSeconds * (0.8 + Math.random() * 0.4));
      using untilRelist = new TimeLimit(term.draining, untilRelistMs);
      await observe(namespace, observer, untilRelist.signal);
    }
  }
}
