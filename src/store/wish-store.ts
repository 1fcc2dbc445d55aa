/** A row that does not do what its user wants. */
export interface WishedRow {
  readonly taskId: string;
  readonly wish: 'Cancel' | 'Suspend' | 'Resume';
  /** Any word: users write this column too. */
  readonly status: string;
  readonly attemptId: string | undefined;
  /** Open: an attempt is under way. Waiting: none is, and one will be. Ended: only its user begins another. */
  readonly stage: 'open' | 'waiting' | 'ended';
  readonly hasJob: boolean;
}

/** A row as it was read; a write about it matches nothing once its user or nightwatch has changed it. */
export interface RowKey {
  readonly taskId: string;
  readonly status: string;
  readonly attemptId: string | undefined;
}

/** What a Cancel came to that needs no Job to be deleted. */
export interface CancelAnswer extends RowKey {
  readonly answer: 'cancelled' | 'refused';
  readonly reason: string | undefined;
  readonly message: string;
}

/** What users want of their rows, and what is done about it where no attempt is open; fenced as all writes of rows are. */
export interface WishStore {
  /** Whether there is any row that does not do what its user wants: mostly there is none. */
  hasWishes(): Promise<boolean>;
  /** Rows that do not do what their users want, by id from behind `after`. */
  listWishes(wish: WishedRow['wish'], limit: number, after?: string): Promise<readonly WishedRow[]>;
  /** Has Normal rows wait for their users' `not_before`. */
  delay(epoch: number, taskIds: readonly string[]): Promise<'written' | 'fenced'>;
  /** Cancels rows without an open attempt, or refuses to cancel those that have ended; takes the Cancel back. */
  answerCancel(epoch: number, writes: readonly CancelAnswer[]): Promise<'written' | 'fenced'>;
  /** Holds rows without an open attempt, or lets them go on. */
  hold(epoch: number, rows: readonly RowKey[]): Promise<'written' | 'fenced'>;
  resume(epoch: number, rows: readonly RowKey[]): Promise<'written' | 'fenced'>;
}
