import type { OpenStatus } from './status.ts';

/**
 * One try of a task: at most one recorded Job.
 *
 * Copied from the row when the intent was committed, so nothing that a user edits later changes it.
 */
export interface Attempt {
  /** `task.id`, a BIGINT: kept as the decimal string that SQL gives, because a number would round it above 2^53. */
  readonly taskId: string;
  /** `task.user_id`, decimal. */
  readonly userId: string;
  /** Drawn at random by each intent: the identity of this attempt in the row, in the Job's labels and in every write. */
  readonly attemptId: string;
  /** Drawn by the row's first intent and never changed: tells a row from one re-inserted with the same id and name. */
  readonly rowKey: string;
  /** 1 for the first attempt. */
  readonly number: number;
  readonly namespace: string;
  readonly jobName: string;
}

/** An attempt with the name that its user gave the task: the Jobs of later attempts are called otherwise. */
export interface NamedAttempt extends Attempt {
  readonly taskName: string;
}

/** What a row has used up of its retries since its user submitted it, without the attempt that is under way. */
export interface RetryCounts {
  readonly tries: number;
  /** Attempts that failed before their container had started. */
  readonly setbacks: number;
}

/** An attempt whose intent is committed, as it was read back: all that the decision to launch may look at. */
export interface ClaimedTask extends NamedAttempt, RetryCounts {
  /** The row's `info` as text; undefined when it is larger than {@link maximumInfoBytes} and was not fetched. */
  readonly info: string | undefined;
  readonly infoBytes: number;
  /** Taken up again after its lease or its wait ran out: its Job may exist. */
  readonly isRetaken: boolean;
  /** Since the intent was first committed, by the database's clock, milliseconds. */
  readonly ageMs: number;
  /** Why the attempt is being ended: then nothing is launched for it any more. */
  readonly ending: Ending | undefined;
  /** What its user wants of the row now. */
  readonly desired: Desired;
}

/** An attempt that has not ended, with what its row says now. */
export interface OpenAttempt extends Attempt, RetryCounts {
  readonly jobUid: string | undefined;
  /** Any word: users write this column too. */
  readonly status: string;
  readonly reason: string | undefined;
  /** Whether it was seen to start. */
  readonly started: boolean;
  /** Its Job was made by the system before this one: it carries no labels of ours, only its uid tells it. */
  readonly isInherited: boolean;
  /** Why it is being ended; once set it is not taken back. */
  readonly ending: Ending | undefined;
  /** The term that wrote the row last. */
  readonly epoch: number;
}

/** What a row says of who it is, whether its newest attempt has ended or not. */
export interface RowIdentity extends Attempt {
  readonly jobUid: string | undefined;
  /** Why its open attempt is being ended. */
  readonly ending: Ending | undefined;
  readonly isOpen: boolean;
}

/** Where an attempt stands while its end is not known, as it is written to the row. */
export interface OpenState {
  readonly status: OpenStatus;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

/** Why nightwatch itself ends an open attempt. */
export const endings = ['Cancelled', 'StartDeadline'] as const;
export type Ending = (typeof endings)[number];

/** What a user can want of a row: the words of the column `desired`. */
export const desires = ['Run', 'Suspend', 'Cancel'] as const;
export type Desired = (typeof desires)[number];

/** The largest `info` that is parsed, in bytes of UTF-8; a larger one is never fetched from the database. */
export const maximumInfoBytes = 32 * 1024;
