import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import type { ClaimResult } from '../../../src/store/task-store.ts';
import type { RowKey } from '../../../src/store/wish-store.ts';
import type { ClaimedTask, Desired } from '../../../src/task/task.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aNewTask, insertTasks, type NewTask, readTasks, type TaskRow } from '../../support/task-rows.ts';

/** Long enough that no test outlasts it. */
export const leaseMs = 600_000;

/** Inserts Normal rows with these ids. */
export async function submit(
  { user }: StoreUnderTest,
  ids: readonly string[],
  overrides: Partial<NewTask> = {},
): Promise<void> {
  await insertTasks(
    user,
    ids.map((id) => aNewTask({ id, name: `task-${id}`, namespace: 'demo', ...overrides })),
  );
}

/** Inserts Normal rows with these ids and claims them; returns the claimed tasks by id, in the order of the ids. */
export async function claim(subject: StoreUnderTest, ids: readonly string[]): Promise<readonly ClaimedTask[]> {
  await submit(subject, ids);
  const claimed = await subject.store.claimNormal(epoch, ids, leaseMs);
  assert.equal(claimed.result, 'claimed');
  const byId = new Map(claimed.tasks.map((task) => [task.taskId, task]));
  return ids.map((id) => byId.get(id) ?? assert.fail(`row ${id} was not claimed`));
}

/** Claims one row and returns it. */
export async function claimOne(subject: StoreUnderTest, id = '1'): Promise<ClaimedTask> {
  const [task] = await claim(subject, [id]);
  return task ?? assert.fail();
}

/** Claims one row and ends its attempt. */
export async function endOne(subject: StoreUnderTest, id = '1'): Promise<ClaimedTask> {
  const task = await claimOne(subject, id);
  const end = { status: 'Succeeded', reason: undefined, message: undefined, jobUid: aUid(id), started: true } as const;
  const written = await subject.store.recordEnd(epoch, [{ ...keyOf(task), ...end }]);
  assert.deepEqual(written, { result: 'written', passedOver: [] });
  return task;
}

export function keyOf({ taskId, attemptId }: ClaimedTask): { readonly taskId: string; readonly attemptId: string } {
  return { taskId, attemptId };
}

/** A uid that belongs to a row's id. */
export function aUid(id: string): string {
  const digits = BigInt(id).toString(16).padStart(16, '0');
  return `00000000-0000-4000-${digits.slice(0, 4)}-${digits.slice(4)}`;
}

export async function rowOf({ user }: StoreUnderTest, id = '1'): Promise<TaskRow> {
  const [row] = await readTasks(user, 'id = ?', [id]);
  return row ?? assert.fail(`there is no row ${id}`);
}

/** Sets columns of a row as only a test can, which is nobody's statement. */
export async function setColumns({ user }: StoreUnderTest, id: string, assignments: string): Promise<void> {
  await user.query(`UPDATE task SET ${assignments} WHERE id = ?`, [id]);
}

/** Holds rows in an open transaction of a user until the disposal, which rolls it back. */
export async function holdRows(subject: StoreUnderTest, ids: readonly string[]): Promise<AsyncDisposable> {
  const holder: Connection = await subject.connect();
  await holder.beginTransaction();
  await holder.query('SELECT id FROM task WHERE id IN (?) FOR UPDATE', [ids]);
  return { [Symbol.asyncDispose]: () => holder.rollback() };
}

/** Milliseconds from the claim, or from another moment, until a row's lease ends, to the nearest five seconds. */
export async function leaseOf({ user }: StoreUnderTest, id: string, since = 'claimed_at'): Promise<number> {
  const [rows] = await user.query(
    `SELECT TIMESTAMPDIFF(MICROSECOND, ${since}, next_check_at) DIV 1000 AS lease FROM task WHERE id = ?`,
    [id],
  );
  assert.ok(Array.isArray(rows) && rows[0] && 'lease' in rows[0]);
  return Math.round(Number(rows[0].lease) / 5_000) * 5_000;
}

/** The ids of the rows that a claim took, in its order. */
export function takenBy(claimed: ClaimResult): readonly string[] {
  assert.ok(claimed.result === 'claimed');
  return claimed.tasks.map(({ taskId }) => taskId);
}

/** Has the users of all rows want the same. */
export async function want({ user }: StoreUnderTest, desired: Desired): Promise<void> {
  await user.query('UPDATE task SET desired = ?', [desired]);
}

/** A row as it says it is now. */
export async function rowKeyOf(subject: StoreUnderTest, id: string): Promise<RowKey> {
  const { status, attempt_id } = await rowOf(subject, id);
  return { taskId: id, status, attemptId: attempt_id ?? undefined };
}

export function idsOf(rows: readonly { readonly taskId: string }[]): readonly string[] {
  return rows.map(({ taskId }) => taskId);
}
