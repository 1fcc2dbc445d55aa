import type { AttemptKey, WriteResult } from './task-writes.ts';

/** An attempt that has ended, as it is kept in `task_attempt`, with its Job. */
export interface EndedAttempt {
  readonly attemptId: string;
  readonly taskId: string;
  readonly namespace: string;
  readonly jobName: string;
  readonly jobUid: string | undefined;
  /** By the database's clock. */
  readonly sinceEndMs: number;
  readonly status: string;
  readonly exitCode: number | undefined;
}

/** An attempt whose Job is to be deleted by now. */
export interface CleanUp extends EndedAttempt {
  /** Whether the intent to delete it is committed. */
  readonly isIntended: boolean;
}

/** The end of an attempt's log, or why there is none. */
export interface LogWrite extends AttemptKey {
  readonly text: string | undefined;
  readonly isCut: boolean;
  readonly note: string | undefined;
  /** Of the container, where it was not known before. */
  readonly exitCode: number | undefined;
}

/** How long, and how many, rows that have ended are kept; undefined where there is no such limit. */
export interface HistoryLimits {
  readonly keptSeconds: number | undefined;
  readonly keptRows: number | undefined;
}

/** A row that has ended, and when: it is deleted only while that is so. */
export interface EndedRow {
  readonly taskId: string;
  /** As the database writes it. */
  readonly finishedAt: string;
  readonly attemptId: string;
}

/** `held`: a transaction of somebody else holds a row; the same write is right later. */
export type AttemptWriteResult = 'written' | 'held' | 'fenced';

/** What is still to be done about attempts that have ended; fenced as all writes are, and never about their rows. */
export interface AttemptStore {
  /** Attempts whose log is to be read by now, longest due first. */
  listLogsDue(limit: number): Promise<readonly EndedAttempt[]>;
  /** Stores logs, which are then no longer due. */
  storeLog(epoch: number, writes: readonly LogWrite[]): Promise<WriteResult<LogWrite>>;
  /** Stores what there is of the log of an attempt that is still open. */
  storeOpenLog(epoch: number, write: LogWrite): Promise<AttemptWriteResult>;
  /** Has a log read later. */
  postponeLog(epoch: number, attemptId: string, delayMs: number): Promise<AttemptWriteResult>;
  /** Attempts whose Job is to be deleted by now and whose log is not due any more, longest due first. */
  listCleanUps(limit: number): Promise<readonly CleanUp[]>;
  /** Commits that the Jobs of these attempts are being deleted. */
  intendCleanUp(epoch: number, attemptIds: readonly string[]): Promise<AttemptWriteResult>;
  /** The Jobs of these attempts are gone. */
  confirmCleanUp(epoch: number, attemptIds: readonly string[]): Promise<AttemptWriteResult>;
  postponeCleanUp(epoch: number, attemptId: string, delayMs: number): Promise<AttemptWriteResult>;
  /** Until when rows must have ended to be kept no longer; undefined when all are kept. */
  findHistoryEnd(limits: HistoryLimits): Promise<string | undefined>;
  /** Rows that had ended by then, oldest end first, whose Jobs are all gone. */
  listHistory(until: string, limit: number, after?: EndedRow): Promise<readonly EndedRow[]>;
  /** Deletes rows with all that is kept of their attempts; one that somebody holds, or has begun anew, stays. */
  deleteHistory(epoch: number, rows: readonly EndedRow[]): Promise<'written' | 'fenced'>;
}
