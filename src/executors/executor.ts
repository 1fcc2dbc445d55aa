import type { V1Job } from '@kubernetes/client-node';
import type { JobView } from '../task/job-view.ts';
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
  | { readonly result: 'found'; readonly job: JobView }
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

export type RemoveOutcome =
  | { readonly result: 'removed' }
  | { readonly result: 'changed' }
  | { readonly result: 'unknown'; readonly detail: string };

/** Told what happens in one namespace. Must not throw and must not wait. */
export interface JobObserver {
  /** A full picture begins: every Job that exists is told as changed until it is complete. */
  listing(): void;
  /** The full picture is complete: what was not told since it began is not there. */
  listed(): void;
  changed(job: JobView): void;
  deleted(job: JobView): void;
  /** How the observation stands, for readiness: undefined once it is up to date. */
  trouble(detail: string | undefined): void;
}

/** Where attempts run. Every call ends by itself; an aborted signal rejects with its reason. */
export interface Executor {
  /** Looks for the Job of an attempt that may have been launched before; adopts it when it is there. */
  look(attempt: Attempt, signal: AbortSignal): Promise<LookOutcome>;
  /** Idempotent by attempt id: an attempt that was launched before is adopted. */
  launch(attempt: Attempt, job: V1Job, signal: AbortSignal): Promise<LaunchOutcome>;
  find(namespace: string, name: string, signal: AbortSignal): Promise<FindOutcome>;
  /** All Jobs of a namespace, whosever they are, page by page; throws when they cannot be listed. */
  list(namespace: string, signal: AbortSignal): AsyncIterable<readonly JobView[]>;
  /** Removes this very object (by uid), in the background. */
  remove(job: JobView, signal: AbortSignal): Promise<RemoveOutcome>;
  /** The full picture of a namespace first, then its changes, until the signal aborts; recovers by itself from everything. */
  observe(namespace: string, observer: JobObserver, signal: AbortSignal): Promise<void>;
}
