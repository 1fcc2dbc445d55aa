import type { EndStatus } from '../task/status.ts';
import type { ClaimedTask, OpenAttempt, OpenState, RowIdentity } from '../task/task.ts';

/** A row that says Normal. */
export interface NormalRow {
  readonly taskId: string;
  /** Set when an attempt of the row is open: its user wrote Normal over a task that runs. */
  readonly openAttemptId: string | undefined;
}

/** Where a page of Normal rows ended, so that the next can begin behind it. */
export interface NormalCursor {
  readonly priority: number;
  readonly taskId: string;
}

export interface NormalPage {
  readonly rows: readonly NormalRow[];
  /** Undefined when the range ended with this page. */
  readonly next: NormalCursor | undefined;
}

/** Which attempt a write is about: it matches nothing once the attempt has ended or another one has begun. */
export interface AttemptKey {
  readonly taskId: string;
  readonly attemptId: string;
}

/** The Job of an attempt exists: its uid is recorded once and the attempt waits no longer. */
export interface CreatedWrite extends AttemptKey {
  readonly jobUid: string;
}

/** The Job of an attempt gets another name, because an older Job has the one it was given. */
export interface RenameWrite extends AttemptKey {
  readonly jobName: string;
}

/** The Job of an attempt cannot be created yet. */
export interface WaitWrite extends AttemptKey {
  readonly reason: string;
  readonly message: string;
  /** From the database's now until the next look, milliseconds. */
  readonly delayMs: number;
}

/** Where an attempt with a Job stands. */
export interface ProgressWrite extends AttemptKey, OpenState {
  readonly started: boolean;
}

/** How an attempt ended. */
export interface EndWrite extends AttemptKey {
  readonly status: EndStatus;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** The Job that ended, where there was one. */
  readonly jobUid: string | undefined;
  readonly started: boolean;
}

/**
 * What a fenced batch came to.
 *
 * `passedOver`: a transaction of somebody else held these rows; the same write is right later. Rows that are missing from
 * it and were not written need it no more (deleted, ended, another attempt).
 * `fenced`: the epoch has moved on, nothing was written and nothing ever will be by this term.
 */
export type WriteResult<Write> =
  | { readonly result: 'written'; readonly passedOver: readonly Write[] }
  | { readonly result: 'fenced' };

export type ClaimResult =
  | { readonly result: 'claimed'; readonly tasks: readonly ClaimedTask[] }
  | { readonly result: 'fenced' };

/** A row that the system before this one left open: its status says so, and no attempt of ours does. */
export interface InheritedRow {
  readonly taskId: string;
  readonly name: string;
  readonly namespace: string;
}

/** The Job of an inherited row, looked up by name; without a uid when there is none. */
export interface InheritedWrite extends InheritedRow {
  readonly attemptId: string;
  readonly jobUid: string | undefined;
  /** Why the row fails when there is no Job. */
  readonly reason: string;
  readonly message: string;
}

/** What an open row says, page by page. */
export interface OpenPage {
  readonly attempts: readonly OpenAttempt[];
  /** Pass it to read the next page; undefined at the end. */
  readonly next: string | undefined;
}

/**
 * The rows, as the leader uses them. Every write carries the term's epoch and is refused by the database itself once a
 * newer term has begun. Failed statements throw StoreError.
 */
export interface TaskStore {
  /** Rows that say Normal, highest priority first, then oldest id. */
  listNormal(limit: number, after: NormalCursor | undefined): Promise<NormalPage>;
  /** Rows whose waiting time is over by the database's clock, longest due first. */
  listDue(limit: number): Promise<readonly string[]>;
  /** Commits the intent: a new attempt for each of these rows that is Normal, free and not held; then reads back what was taken. */
  claimNormal(epoch: number, taskIds: readonly string[], leaseMs: number): Promise<ClaimResult>;
  /** Takes up open attempts without a Job again, where they are due and not held; then reads them back. */
  claimDue(epoch: number, taskIds: readonly string[], leaseMs: number): Promise<ClaimResult>;
  recordCreated(epoch: number, writes: readonly CreatedWrite[]): Promise<WriteResult<CreatedWrite>>;
  recordRenamed(epoch: number, writes: readonly RenameWrite[]): Promise<WriteResult<RenameWrite>>;
  /** Gives claims back whose Job was not begun: they are due at once, for whoever leads next. */
  recordReleased(epoch: number, writes: readonly AttemptKey[]): Promise<WriteResult<AttemptKey>>;
  recordWaiting(epoch: number, writes: readonly WaitWrite[]): Promise<WriteResult<WaitWrite>>;
  recordProgress(epoch: number, writes: readonly ProgressWrite[]): Promise<WriteResult<ProgressWrite>>;
  recordEnd(epoch: number, writes: readonly EndWrite[]): Promise<WriteResult<EndWrite>>;
  /** All open attempts, by attempt id; `after` is the `next` of the page before. */
  listOpen(limit: number, after: string | undefined): Promise<OpenPage>;
  /** Rows of these namespaces that the system before this one left open, by id, from behind `after`. */
  listInherited(namespaces: readonly string[], limit: number, after?: string): Promise<readonly InheritedRow[]>;
  /** Gives inherited rows an attempt of ours with the Job that was found, or ends them where there is none. */
  recordInherited(epoch: number, writes: readonly InheritedWrite[]): Promise<WriteResult<InheritedWrite>>;
  /** Whether this very attempt is the newest of its row, ended or not. */
  isCarried(attempt: AttemptKey): Promise<boolean>;
  /** Those of these rows that are there and had an attempt. */
  readIdentities(taskIds: readonly string[]): Promise<readonly RowIdentity[]>;
  /** The open attempt of one row, read afresh. */
  readOpen(taskId: string): Promise<OpenAttempt | undefined>;
}
