import type { V1Job } from '@kubernetes/client-node';
import type { JobView } from '../task/job-view.ts';
import type { PodReason } from '../task/pod-reasons.ts';
import type { PodView } from '../task/pod-view.ts';
import type { Reason } from '../task/reasons.ts';
import type { Attempt } from '../task/task.ts';

/** Why an attempt has to wait, and how long at least and at most before it is tried again. */
export interface Wait {
  readonly result: 'wait';
  readonly reason: Reason;
  readonly message: string;
  readonly shortestMs: number;
  readonly longestMs: number;
  /** Who would meet the same: this attempt only, every one of the namespace, or all, for the server itself is strained. */
  readonly scope: 'attempt' | 'namespace' | 'server';
}

/** What launching an attempt came to. */
export type LaunchOutcome =
  | { readonly result: 'launched'; readonly jobUid: string; readonly adopted: boolean }
  | { readonly result: 'reject'; readonly reason: Reason; readonly message: string }
  | Wait
  /** The name is taken by the ended Job of another attempt of this installation. */
  | { readonly result: 'occupied'; readonly by: JobView }
  /** The cluster asks everybody to slow down. */
  | { readonly result: 'throttled'; readonly pauseMs: number };

/** What asking for one Job by name came to; `unknown` is neither yes nor no. */
export type FindOutcome =
  | {
      readonly result: 'found';
      readonly job: JobView;
      /** When it was so, by the control plane's clock, milliseconds since 1970; undefined where the answer does not say. */
      readonly atMs?: number | undefined;
    }
  | { readonly result: 'missing' }
  | {
      readonly result: 'unknown';
      readonly reason: 'Forbidden' | 'ApiUnavailable';
      readonly detail: string;
      /** How long the cluster asks everybody to wait, where it does. */
      readonly pauseMs?: number;
    };

/** What looking for an attempt's Job before creating one came to. */
export type LookOutcome = LaunchOutcome | { readonly result: 'absent' };

/** A Job as it was seen; without a version it is removed whatever became of it since. */
export type RemovableJob = Pick<JobView, 'namespace' | 'name' | 'uid'> & Partial<Pick<JobView, 'resourceVersion'>>;

export type RemoveOutcome =
  | { readonly result: 'removed' }
  | { readonly result: 'changed' }
  | { readonly result: 'unknown'; readonly detail: string };

/** What changing a Job that was read before came to; `changed`: it was another by then. */
export type ChangeOutcome =
  | { readonly result: 'done' }
  | { readonly result: 'changed' }
  | { readonly result: 'unknown'; readonly detail: string };

/** All pods that there are of an attempt, or why nobody knows. */
export type PodsOutcome =
  | { readonly result: 'listed'; readonly pods: readonly PodView[] }
  | { readonly result: 'unknown'; readonly detail: string };

/** The end of what a pod's container wrote. */
export type LogOutcome =
  /** `isCut`: more was written before it. */
  | { readonly result: 'read'; readonly text: string; readonly isCut: boolean }
  /** There is none, and there will be none. */
  | { readonly result: 'none'; readonly detail: string }
  | { readonly result: 'unknown'; readonly detail: string };

/** Why a Job gets no pods, where somebody refuses them. */
export type RefusalOutcome =
  | ({ readonly result: 'refused' } & PodReason)
  | { readonly result: 'none' }
  | { readonly result: 'unknown'; readonly detail: string };

/** Told what happens in one namespace. Must not throw and must not wait. */
export interface Observer<View> {
  /** A full picture begins: every object that exists is told as changed until it is complete. */
  listing(): void;
  /** The full picture is complete: what was not told since it began is not there. */
  listed(): void;
  changed(object: View): void;
  deleted(object: View): void;
  /** How the observation stands, for readiness: undefined once it is up to date. */
  trouble(detail: string | undefined): void;
}

export type JobObserver = Observer<JobView>;
export type PodObserver = Observer<PodView>;

/** Where attempts run. Every call ends by itself; an aborted signal rejects with its reason. */
export interface Executor {
  /** Looks for the Job of an attempt that may have been launched before; adopts it when it is there. */
  look(attempt: Attempt, signal: AbortSignal): Promise<LookOutcome>;
  /** Idempotent by attempt id: an attempt that was launched before is adopted. */
  launch(attempt: Attempt, job: V1Job, signal: AbortSignal): Promise<LaunchOutcome>;
  find(namespace: string, name: string, signal: AbortSignal): Promise<FindOutcome>;
  /** All Jobs of a namespace, whosever they are, page by page; throws when they cannot be listed. */
  list(namespace: string, signal: AbortSignal): AsyncIterable<readonly JobView[]>;
  /**
   * Removes this very object (by uid, and as it was read).
   *
   * In the background unless told: the Job is gone at once, and its pods follow. In the foreground it stays until they are.
   */
  remove(job: RemovableJob, signal: AbortSignal, propagation?: 'Background' | 'Foreground'): Promise<RemoveOutcome>;
  /** Suspends this very Job, as it was read, in nightwatch's name, or lets it go on. */
  suspend(job: JobView, isSuspended: boolean, signal: AbortSignal): Promise<ChangeOutcome>;
  /** The full picture of a namespace first, then its changes, until the signal aborts; recovers by itself from everything. */
  observe(namespace: string, observer: JobObserver, signal: AbortSignal): Promise<void>;
  /** As `observe`, of the pods of this installation's Jobs. */
  observePods(namespace: string, observer: PodObserver, signal: AbortSignal): Promise<void>;
  /** The pods of some attempts of one namespace as they are now. */
  listPods(namespace: string, attemptIds: readonly string[], signal: AbortSignal): Promise<PodsOutcome>;
  /** The end of a pod's log, at most so many bytes of it. */
  readLog(pod: PodView, bytes: number, signal: AbortSignal): Promise<LogOutcome>;
  /** Whether pods of this Job are refused, by what was said of it last. */
  findRefusal(job: { readonly namespace: string; readonly uid: string }, signal: AbortSignal): Promise<RefusalOutcome>;
}
