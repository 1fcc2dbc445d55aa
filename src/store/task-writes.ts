import type { EndStatus } from '../task/status.ts';
import type { Ending, OpenState } from '../task/task.ts';

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
  /** Of the container, where it is known. */
  readonly exitCode?: number | undefined;
  /** How long after now the Job is to be deleted, seconds; left out: its own time to live does that. */
  readonly cleanUpSeconds?: number | undefined;
  /** Whether the log is still to be read. */
  readonly hasLog?: boolean | undefined;
}

/** An attempt has failed, and another follows. */
export interface RetryWrite extends EndWrite {
  /** From the database's now until the next attempt, milliseconds. */
  readonly delayMs: number;
  /** What the row says while it waits. */
  readonly waitReason: string;
  readonly waitMessage: string;
  /** Whether it used up a try; one that failed before its container started does not. */
  readonly isTry: boolean;
}

/** What is learnt of an attempt after its end. */
export interface DetailWrite extends AttemptKey {
  readonly exitCode: number;
}

/** The intent to end an attempt, committed before its Job is deleted. */
export interface EndingWrite extends AttemptKey {
  readonly ending: Ending;
  readonly message: string;
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
