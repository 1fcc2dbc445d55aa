import type { DatabaseAddress } from './config/database-address.ts';
import type { HttpAddress } from './config/http-address.ts';
import type { KubernetesAccess } from './config/kubernetes-access.ts';
import type { LeaseTimings } from './config/lease-timings.ts';
import type { RedisAddress } from './config/redis-addresses.ts';
import type { WatcherChoice } from './config/watcher-choices.ts';
import type { LogFormat, LogLevel } from './log.ts';
import type { HistoryLimits } from './store/attempt-store.ts';
import type { LaunchPolicy } from './task/policy.ts';

/** What every command is configured with. */
interface AnyConfig {
  readonly database: DatabaseAddress;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/** All that `nightwatch migrate` is told. */
export interface MigrateConfig extends AnyConfig {
  readonly command: 'migrate';
}

/** All that `nightwatch run` is told. */
export interface RunConfig extends AnyConfig {
  readonly command: 'run';
  /** The operator says that one node alone is written to, though the server could have several writers. */
  readonly isSingleWriter: boolean;
  /** An odd number of servers, none twice. */
  readonly redis: readonly RedisAddress[];
  readonly kubernetes: KubernetesAccess;
  /** The name of this replica: visible ASCII, at most 64 characters. */
  readonly replica: string;
  readonly lockName: string;
  readonly lease: LeaseTimings;
  /** From one attempt to become the leader to the next, before jitter. */
  readonly campaignIntervalMs: number;
  /** What rows may have; the database knows the installation's id. */
  readonly launch: Omit<LaunchPolicy, 'installationId'>;
  readonly dispatch: DispatchConfig;
  /** How long, and how many, rows that have ended are kept. */
  readonly history: HistoryLimits;
  /** Namespaces whose Jobs will never be seen again; none of them is allowed. */
  readonly lostNamespaces: readonly string[];
  /** What becomes of Jobs of ours that no row carries. */
  readonly orphans: 'keep' | 'delete';
  /** The operator says that Jobs which are missing in great numbers were deleted on purpose. */
  readonly acceptsDeletedJobs: boolean;
  /** By the watcher's name; whether there is such a watcher, only their list knows. */
  readonly watchers: ReadonlyMap<string, WatcherChoice>;
  readonly http: HttpAddress;
}

/** How rows become Jobs. */
interface DispatchConfig {
  readonly intervalMs: number;
  readonly createsInFlight: number;
  /** After how long an intent without a Job is taken up again. */
  readonly createLeaseMs: number;
  /** After how long an attempt whose Job cannot be created fails. */
  readonly createDeadlineMs: number;
}

export type Config = MigrateConfig | RunConfig;
