import { randomBytes } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { isStoreError } from '../store-error.ts';
import type { ClaimResult, TaskStore } from '../task-store.ts';
import type { Database } from './database.ts';
import { fencedTasks, isFenced, valuesTable } from './fenced-batch.ts';
import { nextAttempt } from './next-attempt.ts';
import { matchedBy, writeThenRead } from './one-packet.ts';
import { type ClaimedRow, selectClaimed, toClaimedTask } from './read-claimed.ts';
import { Slot, statementTemplate } from './statement-template.ts';

type Claims = Pick<TaskStore, 'claimNormal' | 'claimDue'>;

/** Two ways to take rows: a new attempt for a row whose turn has come, and an open attempt whose create came to nothing. */
export function createClaims(database: Database): Claims {
  const templates = new Map<number, ReturnType<typeof normalClaim>>();
  const claimOf = (count: number) => {
    const claim = templates.get(count) ?? normalClaim(database, count);
    if (count <= mostKept) templates.set(count, claim);
    return claim;
  };
  return {
    async claimNormal(epoch, taskIds, leaseMs) {
      // 76 random bits a page; with the row's id behind them an attempt id is unique, and known before the answer comes.
      const page = randomBytes(10).toString('hex').slice(0, 19);
      const ids = taskIds.map((id, index) => [idSlot(index).name, BigInt(id)]);
      const common = { epoch: BigInt(epoch), page, ofPage: `${page}-%`, lease: microseconds(leaseMs) };
      const values = { ...common, ...Object.fromEntries(ids) };
      return claimThenReadBack(database, {
        ...{ epoch, taskIds, isRetaken: false },
        claim: () => claimOf(taskIds.length)(values),
        readBack: async () => (await statementTemplate(database, selectNormalClaimed(taskIds.length))(values)).rows,
      });
    },
    async claimDue(epoch, taskIds, leaseMs) {
      const claim = sql`
        UPDATE ${claimable(epoch, bigIds(taskIds))}
        SET t.next_check_at = ${fromNow(leaseMs)}, t.epoch = l.epoch
        WHERE t.next_check_at <= UTC_TIMESTAMP(3) AND t.attempt_id IS NOT NULL AND t.finished_at IS NULL AND t.job_uid IS NULL`;
      // One dispatcher a term: a lease of this epoch that has hardly begun is the one just given.
      const mine = (elapsedMs: number) => sql`epoch = ${BigInt(epoch)} AND finished_at IS NULL AND job_uid IS NULL
        AND next_check_at > ${fromNow(leaseMs - elapsedMs - readBackMs)} AND next_check_at <= ${fromNow(leaseMs)}`;
      return claimThenReadBack(database, {
        ...{ epoch, taskIds, isRetaken: true },
        claim: async () => ({ matched: matchedBy(await claim.execute(database)), rows: undefined }),
        readBack: async (elapsedMs) => (await selectClaimed(bigIds(taskIds), mine(elapsedMs)).execute(database)).rows,
      });
    },
  };
}

/** For so few rows, as they come one by one, a claim is kept; of a page it is the smallest part. */
const mostKept = 16;

function idSlot(index: number): Slot {
  return new Slot(`id${index}`);
}

function idSlots(count: number): readonly Slot[] {
  return Array.from({ length: count }, (_, index) => idSlot(index));
}

/** In one packet: a Job waits for one way to the database and back less. */
function normalClaim(database: Database, count: number) {
  const attemptId = sql`CONCAT(${new Slot('page')}, '-', LPAD(LOWER(HEX(t.id)), 16, '0'))`;
  const claim = sql`
    UPDATE ${claimable(new Slot('epoch'), idSlots(count))}
    SET t.status = 'Pending', t.reason = NULL, t.message = NULL, t.epoch = l.epoch,
      t.attempt = ${number}, t.attempt_id = ${attemptId}, t.row_key = COALESCE(t.row_key, ${attemptId}),
      t.job_namespace = LEFT(d.namespace, 64), t.job_name = ${jobName}, t.job_uid = NULL,
      t.claimed_at = UTC_TIMESTAMP(3), t.next_check_at = UTC_TIMESTAMP(3) + INTERVAL ${new Slot('lease')} MICROSECOND,
      t.started_at = NULL, t.finished_at = NULL, t.ending = NULL, t.exit_code = NULL,
      t.tries = IF(d.is_new, 0, t.tries), t.setbacks = IF(d.is_new, 0, t.setbacks)
    WHERE ${isBetweenAttempts} AND t.desired = 'Run'
      AND ((t.status = 'Normal' AND (t.not_before IS NULL OR t.not_before <= UTC_TIMESTAMP(3)))
        OR t.due_at <= UTC_TIMESTAMP(3))`;
  return writeThenRead(database, claim, selectNormalClaimed(count));
}

function selectNormalClaimed(count: number): RawBuilder<ClaimedRow> {
  return selectClaimed(idSlots(count), sql`attempt_id LIKE ${new Slot('ofPage')}`);
}

/** No attempt is open: the row is new, its last attempt has ended, or it waits for the next one. */
const isBetweenAttempts = sql`(t.attempt_id IS NULL OR t.finished_at IS NOT NULL)`;

/** The user's columns may have any character set; what is made of them is ours. */
function asUtf8(column: 'name' | 'namespace'): RawBuilder<unknown> {
  return sql`CONVERT(held.${sql.ref(column)} USING utf8mb4) AS ${sql.ref(column)}`;
}

function claimable(epoch: number | Slot, ids: readonly (bigint | Slot)[]): RawBuilder<unknown> {
  return fencedTasks(
    epoch,
    valuesTable(ids.map((id) => ({ id }))),
    ids.length,
    sql`v.id, held.attempt, held.status = 'Normal' AS is_new, ${asUtf8('name')}, ${asUtf8('namespace')}`,
  );
}

const number = nextAttempt(sql`d.attempt`);
const tail = sql`CONCAT('-', LOWER(CONV(d.id, 10, 36)), '-r', ${number})`;

/**
 * The name of the Job: the task's own for the first attempt, then one that cannot collide with it.
 *
 * 64 characters of a longer name are kept: one too many for a Job, so that it is refused and not cut.
 */
const jobName = sql`IF(d.attempt <= 0, LEFT(d.name, 64),
  CONCAT(REGEXP_REPLACE(LEFT(d.name, LEAST(40, 63 - CHAR_LENGTH(${tail}))), '[.-]+$', ''), ${tail}))`;

function bigIds(taskIds: readonly string[]): readonly bigint[] {
  return taskIds.map((id) => BigInt(id));
}

function fromNow(milliseconds: number): RawBuilder<unknown> {
  return sql`UTC_TIMESTAMP(3) + INTERVAL ${microseconds(milliseconds)} MICROSECOND`;
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds) * 1_000;
}

/** How late the reading back may be. */
const readBackMs = 1_000;

interface Claim {
  readonly epoch: number;
  readonly taskIds: readonly string[];
  readonly isRetaken: boolean;
  /** Claims the page; says which rows that were where it could be asked at once. */
  readonly claim: () => Promise<{ readonly matched: number; readonly rows: readonly ClaimedRow[] | undefined }>;
  /** Reads which rows of the page this claim took, so long before. */
  readonly readBack: (elapsedMs: number) => Promise<readonly ClaimedRow[]>;
}

/**
 * Neither database has UPDATE … RETURNING, and an answer can be lost: what counts is what the rows say afterwards. It is
 * also what is decided on, so that a user's edit between the page and the intent is never lost.
 */
async function claimThenReadBack(
  database: Database,
  { epoch, taskIds, claim, readBack, isRetaken }: Claim,
): Promise<ClaimResult> {
  if (taskIds.length === 0) return { result: 'claimed', tasks: [] };
  const sentAtMs = performance.now();
  const claimed = await claim().catch((error: unknown) => {
    if (!isStoreError(error, 'unknown')) throw error;
  });
  if (claimed?.matched === 0)
    return (await isFenced(database, epoch)) ? { result: 'fenced' } : { result: 'claimed', tasks: [] };
  const rows = claimed?.rows ?? (await readBack(performance.now() - sentAtMs));
  return { result: 'claimed', tasks: rows.map((row) => ({ ...toClaimedTask(row), isRetaken })) };
}
