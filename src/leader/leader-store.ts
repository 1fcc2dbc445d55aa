/** The one row that says who leads. */
export interface LeaderRow {
  /** The lock that elects for this database; undefined until the first candidate has written its own. */
  readonly lockName: string | undefined;
  readonly epoch: number;
  readonly holder: string | undefined;
}

/** The fencing token's side of an election, as the database keeps it. */
export interface LeaderStore {
  read(): Promise<LeaderRow>;
  /** Writes the lock's name where none is recorded yet. */
  recordLockName(lockName: string): Promise<void>;
  /**
   * Compare-and-set: the epoch becomes `epoch + 1` with this holder, if it is still `epoch`.
   *
   * Waits for the writes of the former leader that hold the row; false when somebody else led in between.
   */
  bump(epoch: number, holder: string): Promise<boolean>;
}
