import { type RawBuilder, sql } from 'kysely';
import type { NormalWait } from '../task-store.ts';
import type { Database } from './database.ts';
import { readBehind } from './one-packet.ts';
import { Slot, type SlotValues } from './statement-template.ts';

/** Reads a list of Normal rows once the database has waited for one; a packet for each number of looks. */
export function createWaitedList<Row>(
  database: Database,
  list: RawBuilder<Row>,
): (wait: NormalWait, values: SlotValues) => Promise<readonly Row[]> {
  const packets = new Map<number, ReturnType<typeof readBehind<Row>>>();
  return ({ firstMs, everyMs, looks }, values) => {
    const packet = packets.get(looks) ?? readBehind(database, waitForNormal(looks), list);
    packets.set(looks, packet);
    return packet({ first: firstMs / 1_000, every: everyMs / 1_000, ...values });
  };
}

/**
 * Has the database look for a Normal row, and sleep before each look, until it sees one or has looked so many times.
 *
 * READ UNCOMMITTED, for this statement only: at any other level it would see the table as it was when it began. So it
 * may see a row that is not committed. It ends the wait and no more: what is listed is read by a statement of its own,
 * behind this one.
 *
 * A look belongs to its tick (`look > 0`), or the databases would look once for all. Each sleep ends at a moment since
 * the beginning, so that what a look takes does not add up; and none is longer than the distance of two looks, should the
 * clock be put back or the server take SYSDATE for NOW.
 */
function waitForNormal(looks: number): RawBuilder<unknown> {
  const first = new Slot('first');
  const every = new Slot('every');
  const ticks = Array.from({ length: looks }, (_, index) => sql`SELECT ${sql.lit(index + 1)} AS look`);
  const sinceStart = sql`TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) / 1000000`;
  const untilTick = sql`${first} + (tick.look - 1) * ${every} - ${sinceStart}`;
  return sql`SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
    SELECT 1 FROM (${sql.join(ticks, sql` UNION ALL `)}) tick
    WHERE IF(SLEEP(GREATEST(0, LEAST(GREATEST(${first}, ${every}), ${untilTick}))) = 0,
      (SELECT 1 FROM task FORCE INDEX (nightwatch_normal) WHERE status = 'Normal' AND tick.look > 0 LIMIT 1), NULL) = 1
    LIMIT 1`;
}
