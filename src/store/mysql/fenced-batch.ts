import { type RawBuilder, sql } from 'kysely';
import type { AttemptKey, WriteResult } from '../task-store.ts';
import type { Database } from './database.ts';

/**
 * The rows of a batch that nobody else holds, locked by primary key.
 *
 * SKIP LOCKED passes over a row that a user's transaction holds, so that it delays neither the others nor the next
 * leader's bump; FORCE INDEX keeps a small table from being scanned (and locked) whole; without LIMIT, MySQL merges the
 * derived table into the outer statement and loses SKIP LOCKED. The columns read here are current, as a locking read's are.
 */
export function unheldRows(taskIds: readonly string[]): RawBuilder<unknown> {
  return sql`(SELECT id, attempt, name, namespace FROM task FORCE INDEX (PRIMARY)
    WHERE id IN (${sql.join(taskIds.map((id) => BigInt(id)))}) LIMIT ${taskIds.length} FOR UPDATE SKIP LOCKED)`;
}

/**
 * The fence: joins the leader row on the epoch, with a shared lock.
 *
 * While the next leader's bump is in flight the statement waits, then matches no row. A subquery or EXISTS instead of the
 * join lets stale writes through under READ COMMITTED.
 */
export function fence(epoch: number): RawBuilder<unknown> {
  return sql`JOIN leader l ON l.id = 1 AND l.epoch = ${BigInt(epoch)}`;
}

/** One value of a batch's row, under the name that the statement uses it by. */
export type BatchRow = Readonly<Record<string, string | number | bigint | null>>;

/** A derived table of the batch's values, one SELECT a row. */
export function valuesTable(rows: readonly BatchRow[]): RawBuilder<unknown> {
  const selects = rows.map((row) => sql`SELECT ${sql.join(Object.entries(row).map(([name, value]) => sql`${value} AS ${sql.ref(name)}`))}`);
  return sql`(${sql.join(selects, sql` UNION ALL `)})`;
}

export interface FencedBatch<Write extends AttemptKey> {
  readonly epoch: number;
  readonly writes: readonly Write[];
  /** The write's values, all rows with the same names. */
  readonly toRow: (write: Write) => BatchRow;
  /** Assignments to columns of `t`, from the values `v`; `t.epoch` is set beside them. */
  readonly set: RawBuilder<unknown>;
  /** What must be true of `t` beside its attempt being the write's and open. */
  readonly where: RawBuilder<unknown>;
  /** Whether `t` says already what the write would make it say. */
  readonly done: RawBuilder<unknown>;
}

/** One autocommit statement for the whole batch; says which rows still wait for it. */
export async function writeFenced<Write extends AttemptKey>(database: Database, batch: FencedBatch<Write>): Promise<WriteResult<Write>> {
  const { epoch, writes } = batch;
  if (writes.length === 0) return { result: 'written', passedOver: [] };
  const values = valuesTable(writes.map((write) => ({ id: BigInt(write.taskId), attempt_id: write.attemptId, ...batch.toRow(write) })));
  const applies = sql`t.attempt_id = v.attempt_id AND t.finished_at IS NULL AND ${batch.where}`;
  const result = await sql`
    UPDATE ${values} v
    JOIN ${unheldRows(writes.map((write) => write.taskId))} d ON d.id = v.id
    JOIN task t ON t.id = d.id
    ${fence(epoch)}
    SET ${batch.set}, t.epoch = l.epoch
    WHERE ${applies}`.execute(database);
  // Matched rows, not changed ones: mysql2 connects with FOUND_ROWS.
  if (Number(result.numAffectedRows ?? 0n) === writes.length) return { result: 'written', passedOver: [] };
  if (await isFenced(database, epoch)) return { result: 'fenced' };
  const { rows } = await sql<{ id: string }>`
    SELECT v.id FROM ${values} v JOIN task t ON t.id = v.id WHERE ${applies} AND NOT (${batch.done})`.execute(database);
  const passedOver = new Set(rows.map((row) => String(row.id)));
  return { result: 'written', passedOver: writes.filter((write) => passedOver.has(write.taskId)) };
}

export async function isFenced(database: Database, epoch: number): Promise<boolean> {
  const row = await database.selectFrom('leader').select('epoch').where('id', '=', 1).executeTakeFirst();
  return Number(row?.epoch ?? -1) !== epoch;
}
