import { type RawBuilder, sql } from 'kysely';
import type { AttemptKey, WriteResult } from '../task-writes.ts';
import type { Database } from './database.ts';
import { matchedBy, writeBoth } from './one-packet.ts';
import type { Slot } from './statement-template.ts';

/**
 * The target of a fenced batch: the rows of `values` (named `v`) that nobody else holds, as `d`; the task table as `t`;
 * the leader row on the epoch as `l`. Every part of its form was tried on MySQL 9.7 and MariaDB 10.11:
 *
 * - SKIP LOCKED passes over a row that a user's transaction holds, so that it delays neither the others nor the next
 *   leader's bump. What is read of `held` is current, as in every locking read.
 * - STRAIGHT_JOIN and this order: left to themselves, both servers lock `t` before `d`, and wait for the held row.
 * - No IN list: with ids of half the table or more it becomes a scan that locks every row.
 * - LIMIT: without it MySQL merges the derived table into the outer statement and loses SKIP LOCKED.
 * - The leader row is joined, with a shared lock: while the next leader's bump is in flight the statement waits, then
 *   matches nothing. A subquery or EXISTS instead lets stale writes through under READ COMMITTED.
 */
export function fencedTasks(
  epoch: number | Slot,
  values: RawBuilder<unknown>,
  count: number,
  columns = sql`v.*`,
): RawBuilder<unknown> {
  return sql`(SELECT ${columns} FROM ${values} v
      STRAIGHT_JOIN task held FORCE INDEX (PRIMARY) ON held.id = v.id
      LIMIT ${count} FOR UPDATE SKIP LOCKED) d
    STRAIGHT_JOIN task t FORCE INDEX (PRIMARY) ON t.id = d.id
    STRAIGHT_JOIN leader l ON l.id = 1 AND l.epoch = ${typeof epoch === 'number' ? BigInt(epoch) : epoch}`;
}

/** As {@link fencedTasks}, on table `task_attempt`, as `a`: what a report of some user holds is passed over. */
export function fencedAttempts(epoch: number, values: RawBuilder<unknown>, count: number): RawBuilder<unknown> {
  // Of the column's own character set: with another one the key would be of no use.
  return sql`(SELECT v.* FROM ${values} v
      STRAIGHT_JOIN task_attempt held FORCE INDEX (PRIMARY) ON held.attempt_id = CONVERT(v.attempt_id USING ascii) COLLATE ascii_bin
      LIMIT ${count} FOR UPDATE SKIP LOCKED) d
    STRAIGHT_JOIN task_attempt a FORCE INDEX (PRIMARY) ON a.attempt_id = CONVERT(d.attempt_id USING ascii) COLLATE ascii_bin
    STRAIGHT_JOIN leader l ON l.id = 1 AND l.epoch = ${BigInt(epoch)}`;
}

/** One value of a batch's row, under the name that the statement uses it by. */
export type BatchRow = Readonly<Record<string, string | number | bigint | null | Slot>>;

/**
 * A derived table of the batch's values, one SELECT a row; all rows have the same names, and the first one tells them.
 *
 * One fragment for the whole table: a nested one for each value cost more than all else about a large batch.
 */
export function valuesTable(rows: readonly BatchRow[]): RawBuilder<unknown> {
  const names = Object.keys(rows[0] ?? {});
  const first = names.map((name) => `? AS \`${name}\``).join(', ');
  const next = ` UNION ALL SELECT ${names.map(() => '?').join(', ')}`;
  const texts = `(SELECT ${first}${next.repeat(Math.max(rows.length - 1, 0))})`.split('?');
  return sql(Object.assign(texts, { raw: texts }), ...rows.flatMap((row) => names.map((name) => row[name])));
}

export interface FencedBatch<Write extends AttemptKey> {
  readonly epoch: number;
  readonly writes: readonly Write[];
  /** What is written first, in the same packet; if that fails nothing is. */
  readonly before?: (epoch: number, writes: readonly Write[]) => RawBuilder<unknown>;
  /** The write's values, all rows with the same names. */
  readonly toRow: (write: Write) => BatchRow;
  /** Assignments to columns of `t`, from the values `d`; `t.epoch` is set beside them. */
  readonly set: RawBuilder<unknown>;
  /** What makes the row one that the write is about; unless told, its attempt is the write's and open. */
  readonly open?: RawBuilder<unknown>;
  /** What must be true of `t` beside that. */
  readonly where: RawBuilder<unknown>;
  /** What must be true beside that for the write to be made now; where it is not, the row counts as passed over. */
  readonly ready?: RawBuilder<unknown>;
  /** Whether `t` says already what the write would make it say. */
  readonly done: RawBuilder<unknown>;
}

const attemptIsOpen = sql`t.attempt_id = d.attempt_id AND t.finished_at IS NULL`;

/** One autocommit statement for the whole batch; says which rows still wait for it. */
export async function writeFenced<Write extends AttemptKey>(
  database: Database,
  batch: FencedBatch<Write>,
): Promise<WriteResult<Write>> {
  const { epoch, writes } = batch;
  if (writes.length === 0) return { result: 'written', passedOver: [] };
  const values = valuesTable(
    writes.map((write) => ({ id: BigInt(write.taskId), attempt_id: write.attemptId, ...batch.toRow(write) })),
  );
  const applies = sql`${batch.open ?? attemptIsOpen} AND ${batch.where}`;
  const update = sql`
    UPDATE ${fencedTasks(epoch, values, writes.length)}
    SET ${batch.set}, t.epoch = l.epoch
    WHERE ${applies} AND ${batch.ready ?? sql`TRUE`}`;
  const before = batch.before?.(epoch, writes);
  const matched = before ? await writeBoth(database, before, update) : matchedBy(await update.execute(database));
  if (matched === writes.length) return { result: 'written', passedOver: [] };
  if (await isFenced(database, epoch)) return { result: 'fenced' };
  const { rows } = await sql<{ id: string }>`
    SELECT d.id FROM ${values} d STRAIGHT_JOIN task t FORCE INDEX (PRIMARY) ON t.id = d.id WHERE ${applies} AND NOT (${batch.done})`.execute(
    database,
  );
  const passedOver = new Set(rows.map((row) => String(row.id)));
  return { result: 'written', passedOver: writes.filter((write) => passedOver.has(write.taskId)) };
}

export async function isFenced(database: Database, epoch: number): Promise<boolean> {
  const row = await database.selectFrom('leader').select('epoch').where('id', '=', 1).executeTakeFirst();
  return Number(row?.epoch ?? -1) !== epoch;
}
