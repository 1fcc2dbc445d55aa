import type { Executor, FindOutcome, JobObserver, LaunchOutcome, RemovableJob } from '../../src/executors/executor.ts';
import { decideExisting } from '../../src/executors/kubernetes/decide-existing.ts';
import type { JobView } from '../../src/task/job-view.ts';
import type { Attempt } from '../../src/task/task.ts';
import { aJobView, aPolicy } from './builders.ts';
import { MemoryPods } from './memory-pods.ts';

/**
 * A cluster in memory: Jobs by namespace and name, and whoever observes them.
 *
 * Like the real one it refuses a second Job of the same name, and tells its observers of every change at once.
 */
export class MemoryCluster {
  readonly jobs: Map<string, JobView>;
  readonly pods = new MemoryPods();
  readonly #uidPrefix: string;
  /** Every create that was asked for, in order. */
  readonly launched: Attempt[] = [];
  readonly looked: Attempt[] = [];
  /** How each removal was to go on to the pods. */
  readonly propagations: string[] = [];
  readonly removed: RemovableJob[] = [];
  readonly observers = new Map<string, JobObserver>();
  /** Decides what a create comes to, when it is more than the cluster's own answer. */
  onLaunch: (attempt: Attempt) => LaunchOutcome | undefined | Promise<LaunchOutcome | undefined> = () => undefined;
  /** Decides what a search by name comes to. */
  onFind: (namespace: string, name: string) => FindOutcome | undefined | Promise<FindOutcome | undefined> = () =>
    undefined;
  onRemove: (job: JobView) => 'removed' | 'changed' | 'unknown' | Promise<'removed' | 'changed' | 'unknown'> = () =>
    'removed';
  /** Every Job that was to be suspended or resumed, in order. */
  readonly suspensions: { readonly name: string; readonly isSuspended: boolean }[] = [];
  onSuspend: (
    job: JobView,
    isSuspended: boolean,
  ) => 'done' | 'changed' | 'unknown' | Promise<'done' | 'changed' | 'unknown'> = () => 'done';
  onList: (namespace: string) => void = () => {};
  #created = 0;

  /** The clock of the control plane. */
  nowMs: () => number = () => Date.now();

  /** Several that share their Jobs are one cluster as several clients see it: each tells only its own observers. */
  constructor({ jobs = new Map<string, JobView>(), uidPrefix = 'uid' } = {}) {
    this.jobs = jobs;
    this.#uidPrefix = uidPrefix;
  }

  readonly executor: Executor = {
    ...this.pods.executor,
    look: async (attempt, signal) => {
      this.looked.push(attempt);
      const found = await this.#find(attempt.namespace, attempt.jobName, signal);
      return decideExisting(attempt, aPolicy().installationId, found, { result: 'absent' });
    },
    launch: async (attempt, _job, signal) => {
      signal.throwIfAborted();
      this.launched.push(attempt);
      return (await this.onLaunch(attempt)) ?? this.#create(attempt);
    },
    find: (namespace, name, signal) => this.#find(namespace, name, signal),
    list: (namespace) => this.#list(namespace),
    remove: async (job, _signal, propagation = 'Background') => {
      this.removed.push(job);
      this.propagations.push(propagation);
      const result = await this.onRemove({ ...aJobView(), ...this.jobs.get(keyOf(job)), ...job });
      if (result === 'removed') this.delete(job);
      return result === 'unknown' ? { result, detail: 'no answer' } : { result };
    },
    suspend: async (job, isSuspended) => {
      this.suspensions.push({ name: job.name, isSuspended });
      const result = await this.onSuspend(job, isSuspended);
      if (result === 'unknown') return { result, detail: 'no answer' };
      const current = this.jobs.get(keyOf(job));
      if (result === 'changed' || current?.resourceVersion !== job.resourceVersion) return { result: 'changed' };
      this.#created += 1;
      const resourceVersion = String(this.#created);
      this.put({ ...current, suspended: isSuspended, suspendedByUs: isSuspended, resourceVersion });
      return { result };
    },
    observe: async (namespace, observer, signal) => {
      if (signal.aborted) return;
      this.observers.set(namespace, observer);
      this.relist(namespace);
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      if (this.observers.get(namespace) === observer) this.observers.delete(namespace);
    },
  };

  /** Creates or changes a Job and tells of it. */
  put(job: JobView): JobView {
    this.jobs.set(keyOf(job), job);
    this.observers.get(job.namespace)?.changed(job);
    return job;
  }

  /** Takes a Job away and tells of it. */
  delete(job: RemovableJob & Partial<JobView>): void {
    const known = this.jobs.get(keyOf(job));
    if (known?.uid !== job.uid) return;
    this.jobs.delete(keyOf(job));
    // As its observer knew it: whoever asked for the deletion may have told less of it.
    this.observers.get(job.namespace)?.deleted({ ...known, ...job });
  }

  /** Tells the observer of a namespace everything anew. */
  relist(namespace: string): void {
    const observer = this.observers.get(namespace);
    observer?.listing();
    for (const job of this.jobs.values()) {
      if (job.namespace === namespace && job.labels.installation) observer?.changed(job);
    }
    observer?.listed();
  }

  /** The Job that an attempt has or would have, as the cluster sees it. */
  jobOf(attempt: Attempt, overrides: Partial<JobView> = {}): JobView {
    this.#created += 1;
    const { attemptId, rowKey, taskId, number: attemptNumber, jobName: name, namespace } = attempt;
    const labels = { installation: aPolicy().installationId, attemptId, rowKey, taskId, attemptNumber };
    return aJobView({
      name,
      namespace,
      labels,
      uid: `${this.#uidPrefix}-${this.#created}`,
      resourceVersion: String(this.#created),
      ...overrides,
    });
  }

  #create(attempt: Attempt): LaunchOutcome {
    const existing = this.jobs.get(`${attempt.namespace}/${attempt.jobName}`);
    if (existing) return decideExisting(attempt, aPolicy().installationId, { result: 'found', job: existing }, absurd);
    const job = this.put(this.jobOf(attempt));
    return { result: 'launched', jobUid: job.uid, adopted: false };
  }

  async #find(namespace: string, name: string, signal: AbortSignal): Promise<FindOutcome> {
    signal.throwIfAborted();
    const scripted = await this.onFind(namespace, name);
    if (scripted) return scripted;
    const job = this.jobs.get(`${namespace}/${name}`);
    return job ? { result: 'found', job, atMs: this.nowMs() } : { result: 'missing' };
  }

  async *#list(namespace: string): AsyncGenerator<readonly JobView[]> {
    this.onList(namespace);
    yield [...this.jobs.values()].filter((job) => job.namespace === namespace);
  }
}

const absurd: LaunchOutcome = { result: 'throttled', pauseMs: 0 };

function keyOf(job: RemovableJob): string {
  return `${job.namespace}/${job.name}`;
}
