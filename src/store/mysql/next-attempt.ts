import { type RawBuilder, sql } from 'kysely';

/**
 * The number of the attempt after one that a row has: 1 or more, whatever somebody has written there.
 *
 * A number that did not fit the column would fail the statement, and with it all the other rows of the batch.
 */
export function nextAttempt(attempt: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`LEAST(GREATEST(${attempt}, 0), 2147483646) + 1`;
}
