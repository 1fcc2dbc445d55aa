import { type QueryResult, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

/** How many rows a write matched, changed or not: mysql2 connects with FOUND_ROWS. */
export function matchedBy({ numAffectedRows = 0n }: Pick<QueryResult<unknown>, 'numAffectedRows'>): number {
  return Number(numAffectedRows);
}

/**
 * A write, and behind it in the same packet what is to be read once it is done: one way to the database and back less.
 *
 * Each is a transaction of its own, as when they are sent one after the other. When the write fails, nothing is read.
 */
export async function writeThenRead<Row>(
  database: Database,
  write: RawBuilder<unknown>,
  read: RawBuilder<Row>,
): Promise<{ readonly matched: number; readonly rows: readonly Row[] }> {
  const [written, rows] = await sendBoth(database, write, read);
  if (!Array.isArray(rows)) throw new Error('the database answered a SELECT without rows');
  return { matched: affectedIn(written), rows };
}

/** Two writes in one packet, the second only if the first did not fail; says how many rows the second matched. */
export async function writeBoth(
  database: Database,
  first: RawBuilder<unknown>,
  second: RawBuilder<unknown>,
): Promise<number> {
  const [, written] = await sendBoth(database, first, second);
  return affectedIn(written);
}

/** For several statements the driver hands over a list of their results. */
async function sendBoth(
  database: Database,
  first: RawBuilder<unknown>,
  second: RawBuilder<unknown>,
): Promise<readonly unknown[]> {
  const { rows } = await sql<unknown>`${first}; ${second}`.execute(database);
  return rows;
}

function affectedIn(result: unknown): number {
  const isWritten = typeof result === 'object' && result !== null && 'affectedRows' in result;
  if (!isWritten) throw new Error('the database answered a write without the number of its rows');
  return Number(result.affectedRows);
}
