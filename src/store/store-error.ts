/**
 * What a failed statement means for the caller.
 *
 * - `retry`: rolled back whole, the same statement may be sent again (deadlock).
 * - `lock-wait`: somebody holds a lock that the statement needs; back off for seconds.
 * - `demoted`: the server no longer accepts writes (failover); the connection is gone, the next one may reach the new primary.
 * - `unknown`: the statement may have been carried out (connection lost, time-out): re-read before repeating a write.
 * - `configuration`: an operator must act (access denied, schema missing).
 * - `unexpected`: anything else, a defect until shown otherwise.
 */
export type StoreErrorKind = 'retry' | 'lock-wait' | 'demoted' | 'unknown' | 'configuration' | 'unexpected';

/** A statement failed; `kind` says what that means, `cause` is the driver's own error. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options: { readonly cause: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}

export function isStoreError(error: unknown, ...kinds: readonly StoreErrorKind[]): error is StoreError {
  return error instanceof StoreError && (kinds.length === 0 || kinds.includes(error.kind));
}
