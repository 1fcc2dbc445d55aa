import type { RawBuilder } from 'kysely';
import type { Database } from '../../../src/store/mysql/database.ts';
import * as real from '../../../src/store/mysql/one-packet.ts';
import { crashPointHere, withCrashPoint } from './crash-points.ts';

export const { matchedBy, readBehind, writeThenRead } = real;

const { point, die } = crashPointHere();
const firstOfBoth = 'archiveAttempts';

/**
 * As it is, but for a point at the first of its two statements, which keeps what became of attempts.
 *
 * That one is sent by itself then: so it looks when the connection, or the database, is gone before the second is carried out.
 */
export const writeBoth = point?.method === firstOfBoth ? writeOneByOne : real.writeBoth;

const first = withCrashPoint(
  { [firstOfBoth]: (database: Database, statement: RawBuilder<unknown>) => statement.execute(database) },
  point,
  die,
);

async function writeOneByOne(
  database: Database,
  archive: RawBuilder<unknown>,
  end: RawBuilder<unknown>,
): Promise<number> {
  await first.archiveAttempts(database, archive);
  return matchedBy(await end.execute(database));
}
