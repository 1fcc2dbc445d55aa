import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../../test/support/audit-log.ts';
import type { ServerProcess } from '../../test/support/server-process.ts';
import type { Scene } from '../stage/scene.ts';
import type { Stage } from '../stage/stage.ts';
import { measureApiCalls } from './api-calls.ts';
import { type DatabaseWork, measureDatabase } from './database-work.ts';
import { measureCpu } from './process-use.ts';

export interface IdleOptions {
  readonly stage: Stage;
  readonly scene: Scene;
  readonly seconds: number;
  readonly leader: ServerProcess;
  readonly follower?: ServerProcess;
  readonly database: ServerProcess;
}

/** What is used up while there is nothing to do. */
export interface IdleTime {
  readonly seconds: number;
  readonly work: DatabaseWork;
  /** Requests about Jobs that nightwatch has made. */
  readonly apiCalls: readonly AuditEntry[];
  /** Shares of one processor. */
  readonly leaderCpu: number;
  /** NaN without one. */
  readonly followerCpu: number;
  readonly databaseCpu: number;
}

/** Lets some time pass and tells what nightwatch and its servers did in it. */
export async function measureIdle(options: IdleOptions): Promise<IdleTime> {
  const { stage, scene, seconds, leader, follower, database } = options;
  const pids = { leader: leader.pid, database: database.pid, ...(follower && { follower: follower.pid }) };
  const endCalls = await measureApiCalls(stage.cluster.controlPlane.files.auditLog);
  const endWork = await measureDatabase(scene.user);
  const endCpu = await measureCpu<string>(pids);
  await sleep(seconds * 1_000, undefined, { signal: scene.signal });
  const [cpu, work, calls] = [await endCpu(), await endWork(), await endCalls()];
  const share = (name: string) => (cpu[name] ?? Number.NaN) / seconds;
  return {
    seconds,
    work,
    apiCalls: calls.filter(({ userAgent }) => userAgent.startsWith('nightwatch/')),
    leaderCpu: share('leader'),
    followerCpu: share('follower'),
    databaseCpu: share('database'),
  };
}

/** What there would be of it in a minute. */
export function perMinute({ seconds }: IdleTime, count: number): number {
  return (count / seconds) * 60;
}
