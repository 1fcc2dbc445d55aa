import type { Executor } from '../executors/executor.ts';
import type { Term } from '../leader/term.ts';
import type { Logger } from '../log.ts';
import type { Pass } from '../scheduler/pass.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { LaunchPolicy } from '../task/policy.ts';
import type { Conclusions } from './conclusions.ts';
import type { LogKeeper } from './logs/log-keeper.ts';
import type { OpenAttempts } from './open-attempts.ts';
import type { Recorder } from './recorder.ts';

/** The rows and the cluster that one database's installation consists of. */
export interface Installation {
  readonly store: TaskStore;
  readonly executor: Executor;
  readonly policy: LaunchPolicy;
}

/** What the watchers of one term share. */
export interface TermContext extends Installation {
  readonly term: Term;
  readonly attempts: OpenAttempts;
  readonly recorder: Recorder;
  /** How attempts end whose Jobs have. */
  readonly conclusions: Conclusions;
  readonly logs: LogKeeper;
  readonly log: Logger;
}

/** A watcher at work in one term: its passes follow the schedule; disposal finishes what they began. */
export interface WatcherRun extends Pass, AsyncDisposable {}

/** Registered work with a schedule. */
export interface Watcher {
  /** Unique; by it the configuration disables or re-schedules the watcher. */
  readonly name: string;
  /** The schedule unless the configuration says otherwise. */
  readonly schedule: string;
  /** Begins the watcher's work in a term. `wake` asks for a pass before its time. */
  begin(context: TermContext, wake: () => void): WatcherRun;
}
