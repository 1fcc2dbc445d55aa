/** One round of some repeated work. */
export interface Pass {
  /**
   * Looks at all that is pending: ticks that were missed are not repeated. The signal aborts what is in flight.
   *
   * With `wait`, which only a pass gets that {@link waitsItself}, it looks at the end of that.
   */
  run(signal: AbortSignal, wait?: OwnWait): Promise<void>;
  /** Whether the next pass can wait for its tick by itself; only for the last few milliseconds. */
  readonly waitsItself?: boolean;
}

/** What is left to a pass that waits for its tick by itself, milliseconds. */
export interface OwnWait {
  readonly untilTickMs: number;
  /** From that tick to the next, at which it may look, too; undefined where the schedule is no interval. */
  readonly intervalMs: number | undefined;
}
