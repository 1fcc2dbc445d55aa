import { type QueryResult, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { type SlotValues, statementTemplate } from './statement-template.ts';

/** How many rows a write matched, changed or not: mysql2 connects with FOUND_ROWS. */
export function matchedBy({ numAffectedRows = 0n }: Pick<QueryResult<unknown>, 'numAffectedRows'>): number {
  return Number(numAffectedRows);
}

/**
 * A write, and behind it in the same packet what is to be read once it is done: one way to the database and back less.
 *
 * A template, for values that come later. Each is a transaction of its own, as when they are sent one after the other.
 * When the write fails, nothing is read.
 */
export function writeThenRead<Row>(
  database: Database,
  write: RawBuilder<unknown>,
  read: RawBuilder<Row>,
): (values: SlotValues) => Promise<{ readonly matched: number; readonly rows: readonly Row[] }> {
  const both = statementTemplate<unknown>(database, bothOf(write, read));
  return async (values) => {
    const [written, rows] = (await both(values)).rows;
    return { matched: affectedIn(written), rows: rowsIn(rows) };
  };
}

/** What is to be read, behind other statements in the same packet whose answers do not matter; a template, too. */
export function readBehind<Row>(
  database: Database,
  first: RawBuilder<unknown>,
  read: RawBuilder<Row>,
): (values: SlotValues) => Promise<readonly Row[]> {
  const both = statementTemplate<unknown>(database, bothOf(first, read));
  return async (values) => rowsIn((await both(values)).rows.at(-1));
}

/** Two writes in one packet, the second only if the first did not fail; says how many rows the second matched. */
export async function writeBoth(
  database: Database,
  first: RawBuilder<unknown>,
  second: RawBuilder<unknown>,
): Promise<number> {
  const { rows } = await bothOf(first, second).execute(database);
  return affectedIn(rows[1]);
}

/** For several statements the driver hands over a list of their results. */
function bothOf(first: RawBuilder<unknown>, second: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`${first}; ${second}`;
}

/** Of the shape that the statement has: it is ours. */
function rowsIn<Row>(result: unknown): readonly Row[] {
  if (!Array.isArray(result)) throw new Error('the database answered a SELECT without rows');
  return result;
}

function affectedIn(result: unknown): number {
  const isWritten = typeof result === 'object' && result !== null && 'affectedRows' in result;
  if (!isWritten) throw new Error('the database answered a write without the number of its rows');
  return Number(result.affectedRows);
}
