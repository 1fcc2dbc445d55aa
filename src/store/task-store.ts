import type { ClaimedTask, OpenAttempt, RowIdentity } from '../task/task.ts';
import type { AttemptStore } from './attempt-store.ts';
import type {
  AttemptKey,
  CreatedWrite,
  DetailWrite,
  EndingWrite,
  EndWrite,
  InheritedRow,
  InheritedWrite,
  ProgressWrite,
  RenameWrite,
  RetryWrite,
  WaitWrite,
  WriteResult,
} from './task-writes.ts';
import type { WishStore } from './wish-store.ts';

/** A row that says Normal. */
export interface NormalRow {
  readonly taskId: string;
  /** Set when an attempt of the row is open: its user wrote Normal over a task that runs. */
  readonly openAttemptId: string | undefined;
  /** Whether its user wants it run, and neither held nor cancelled. */
  readonly mayRun: boolean;
  /** Whether its user's `not_before` is still to come. */
  readonly isEarly: boolean;
}

/** A row whose waiting time is over. */
export interface DueRow {
  readonly taskId: string;
  /** An attempt is open, and its Job is still to be made; else the row waits for its next attempt. */
  readonly isOpen: boolean;
}

/** Where a page of Normal rows ended, so that the next can begin behind it. */
export interface NormalCursor {
  readonly priority: number;
  readonly taskId: string;
}

/** When the database looks for a Normal row before it lists them: milliseconds. */
export interface NormalWait {
  /** Before the first look. */
  readonly firstMs: number;
  /** From one look to the next. */
  readonly everyMs: number;
  /** As many; then it lists what there is, which is nothing but for what came with the last one. */
  readonly looks: number;
}

export interface NormalPage {
  readonly rows: readonly NormalRow[];
  /** Undefined when the range ended with this page. */
  readonly next: NormalCursor | undefined;
}

export type ClaimResult =
  | { readonly result: 'claimed'; readonly tasks: readonly ClaimedTask[] }
  | { readonly result: 'fenced' };

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
export interface TaskStore extends WishStore, AttemptStore {
  /**
   * Rows that say Normal, highest priority first, then oldest id.
   *
   * With a wait the database looks for one first, again and again until there is one: a row that is submitted meanwhile
   * is found with neither a timer of ours nor a way to the database between.
   */
  listNormal(limit: number, after: NormalCursor | undefined, wait?: NormalWait): Promise<NormalPage>;
  /** Rows whose waiting time is over by the database's clock, longest due first. */
  listDue(limit: number): Promise<readonly DueRow[]>;
  /**
   * Commits the intent: a new attempt for each of these rows that is to run, has none open and is not held; then reads
   * back what was taken. A row is to run when it says Normal, or waits and is due; and never before its user's time.
   */
  claimNormal(epoch: number, taskIds: readonly string[], leaseMs: number): Promise<ClaimResult>;
  /** Takes up open attempts without a Job again, where they are due and not held; then reads them back. */
  claimDue(epoch: number, taskIds: readonly string[], leaseMs: number): Promise<ClaimResult>;
  recordCreated(epoch: number, writes: readonly CreatedWrite[]): Promise<WriteResult<CreatedWrite>>;
  recordRenamed(epoch: number, writes: readonly RenameWrite[]): Promise<WriteResult<RenameWrite>>;
  /** Gives claims back whose Job was not begun: they are due at once, for whoever leads next. */
  recordReleased(epoch: number, writes: readonly AttemptKey[]): Promise<WriteResult<AttemptKey>>;
  recordWaiting(epoch: number, writes: readonly WaitWrite[]): Promise<WriteResult<WaitWrite>>;
  recordProgress(epoch: number, writes: readonly ProgressWrite[]): Promise<WriteResult<ProgressWrite>>;
  /** Keeps what became of the attempt in `task_attempt`, then ends it. */
  recordEnd(epoch: number, writes: readonly EndWrite[]): Promise<WriteResult<EndWrite>>;
  /** Keeps what became of the attempt, then has its row wait for the next. */
  recordRetry(epoch: number, writes: readonly RetryWrite[]): Promise<WriteResult<RetryWrite>>;
  /** Adds what was learnt only after the end, to the row while it is still about this attempt, and to `task_attempt`. */
  recordDetail(epoch: number, writes: readonly DetailWrite[]): Promise<WriteResult<DetailWrite>>;
  /** Commits that open attempts are being ended, and takes a Cancel back. */
  recordEnding(epoch: number, writes: readonly EndingWrite[]): Promise<WriteResult<EndingWrite>>;
  /** Holds open attempts without a Job, after it was made sure that there is none. */
  recordHeld(epoch: number, writes: readonly AttemptKey[]): Promise<WriteResult<AttemptKey>>;
  /** Lets held attempts without a Job go on: they are due at once, and what they may wait for begins anew. */
  recordResumed(epoch: number, writes: readonly AttemptKey[]): Promise<WriteResult<AttemptKey>>;
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
