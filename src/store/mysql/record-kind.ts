import { sql } from 'kysely';
import type { AttemptKey, WriteResult } from '../task-writes.ts';
import type { Database } from './database.ts';
import { type FencedBatch, writeFenced } from './fenced-batch.ts';

/** What a kind of write sets, and where; the rest is the same for all. */
export type Kind<Write extends AttemptKey> = Omit<FencedBatch<Write>, 'epoch' | 'writes'>;

/** Of rows `t` and writes `d`: set by whichever says first that it has started. */
export const started = sql`t.started_at = IF(d.started = 1, COALESCE(t.started_at, UTC_TIMESTAMP(3)), t.started_at)`;

type Record = <Write extends AttemptKey>(
  kind: Kind<Write>,
) => (epoch: number, writes: readonly Write[]) => Promise<WriteResult<Write>>;

/** One statement of a kind, for one row or hundreds. */
export function recordKind(database: Database): Record {
  return (kind) => (epoch, writes) => writeFenced(database, { ...kind, epoch, writes });
}
