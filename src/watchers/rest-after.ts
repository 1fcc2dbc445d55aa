import { backOffMs } from '../scheduler/back-off.ts';
import { isStoreError } from '../store/store-error.ts';

/**
 * How long to leave one kind of statement alone after so many failures in a row (1 or more), milliseconds.
 *
 * Somebody who holds a lock holds it for long, and each try costs a second of waiting: 1 to 5 s from the first time.
 */
export function restAfterMs(error: unknown, failures: number): number {
  return isStoreError(error, 'lock-wait') ? 1_000 + Math.random() * 4_000 : backOffMs(failures, Math.random);
}
