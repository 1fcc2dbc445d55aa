import type { LeaderRow, LeaderStore } from '../../src/leader/leader-store.ts';
import { StoreError, type StoreErrorKind } from '../../src/store/store-error.ts';
import type { EndWrite } from '../../src/store/task-writes.ts';
import type { Desired, Ending } from '../../src/task/task.ts';
import type { KeptAttempt } from './memory-attempts.ts';

/** A row of the table task, as far as nightwatch looks at it; times are the database's own milliseconds. */
export interface TaskRow {
  readonly taskId: string;
  userId: string;
  name: string;
  namespace: string;
  info: string;
  status: string;
  priority: number;
  reason: string | undefined;
  message: string | undefined;
  attempt: number;
  rowKey: string | undefined;
  attemptId: string | undefined;
  jobNamespace: string;
  jobName: string;
  jobUid: string | undefined;
  claimedAtMs: number | undefined;
  nextCheckAtMs: number | undefined;
  startedAtMs: number | undefined;
  finishedAtMs: number | undefined;
  desired: Desired;
  notBeforeMs: number | undefined;
  ending: Ending | undefined;
  exitCode: number | undefined;
  tries: number;
  setbacks: number;
  epoch: number;
}

/** How a statement fails: `isApplied` when the database carried it out all the same. */
export interface Failure {
  readonly kind: StoreErrorKind;
  readonly isApplied?: boolean;
}

/**
 * A database in memory: the rows, the leader's row, and what goes wrong.
 *
 * It keeps what the real ones promise (one statement at a time, compare-and-set of the epoch), and nothing of their SQL.
 */
export class MemoryDatabase {
  readonly rows = new Map<string, TaskRow>();
  /** What was kept of attempts that have ended, by attempt id. */
  readonly archive = new Map<string, EndWrite>();
  /** The same attempts, with what is still to be done about them. */
  readonly kept = new Map<string, KeptAttempt>();
  /** Ids of rows that a transaction of some user holds. */
  readonly held = new Set<string>();
  /** Every statement with the ids that it was about, in order. */
  readonly statements: { readonly name: string; readonly taskIds: readonly string[] }[] = [];
  leader: LeaderRow = { lockName: undefined, epoch: 1, holder: undefined };
  /** Is asked before each statement whether it fails, and may take its time. */
  onStatement: (name: string, taskIds: readonly string[]) => Failure | undefined | Promise<Failure | undefined> = () =>
    undefined;

  nowMs(): number {
    return performance.now();
  }

  /** A statement: noted, failed if it is to fail, carried out in one go otherwise. */
  async execute<Result>(name: string, taskIds: readonly string[], apply: () => Result): Promise<Result> {
    this.statements.push({ name, taskIds });
    const failure = await this.onStatement(name, taskIds);
    if (failure?.isApplied) apply();
    if (failure) throw new StoreError(failure.kind, `${name} failed (${failure.kind})`, { cause: undefined });
    return apply();
  }

  /** How often a statement was sent. */
  count(name: string): number {
    return this.statements.filter((statement) => statement.name === name).length;
  }

  row(taskId: string): TaskRow {
    const row = this.rows.get(taskId);
    if (!row) throw new Error(`there is no row ${taskId}`);
    return row;
  }

  insert(row: Partial<TaskRow> & { readonly taskId: string }): TaskRow {
    const inserted = { ...newRow, name: `task-${row.taskId}`, ...row };
    this.rows.set(row.taskId, inserted);
    return inserted;
  }
}

const newRow = {
  userId: '1',
  namespace: 'default',
  info: '{"image":"alpine"}',
  status: 'Normal',
  priority: 0,
  reason: undefined,
  message: undefined,
  attempt: 0,
  rowKey: undefined,
  attemptId: undefined,
  jobNamespace: '',
  jobName: '',
  jobUid: undefined,
  claimedAtMs: undefined,
  nextCheckAtMs: undefined,
  startedAtMs: undefined,
  finishedAtMs: undefined,
  desired: 'Run',
  notBeforeMs: undefined,
  ending: undefined,
  exitCode: undefined,
  tries: 0,
  setbacks: 0,
  epoch: 0,
} as const satisfies Partial<TaskRow>;

/** The leader's row of a memory database, as candidates use it. */
export function memoryLeaderStore(database: MemoryDatabase): LeaderStore {
  return {
    read: () => database.execute('read', [], () => database.leader),
    recordLockName: (lockName) =>
      database.execute('recordLockName', [], () => {
        if (database.leader.lockName === undefined) database.leader = { ...database.leader, lockName };
      }),
    bump: (epoch, holder) =>
      database.execute('bump', [], () => {
        if (database.leader.epoch !== epoch) return false;
        database.leader = { ...database.leader, epoch: epoch + 1, holder };
        return true;
      }),
  };
}
