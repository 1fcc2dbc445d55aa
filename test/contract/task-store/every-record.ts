import type { TaskStore } from '../../../src/store/task-store.ts';
import type { AttemptKey, WriteResult } from '../../../src/store/task-writes.ts';
import type { Desired } from '../../../src/task/task.ts';
import type { StoreUnderTest } from '../../support/store-under-test.ts';
import type { TaskRow } from '../../support/task-rows.ts';
import { aUid, want } from './given-rows.ts';

/** One kind of write about open attempts, in a form that all kinds share. */
export interface RecordCase {
  readonly method: Exclude<Extract<keyof TaskStore, `record${string}`>, 'recordInherited' | 'recordDetail'>;
  /** What the users of the rows want, where the write is only about those who want it. */
  readonly desired?: Desired;
  /** Writes the same to each of these attempts. */
  readonly write: (store: TaskStore, epoch: number, keys: readonly AttemptKey[]) => Promise<WriteResult<AttemptKey>>;
  /** Whether a row says what was written. */
  readonly isWritten: (row: TaskRow) => boolean;
  /** Whether the write is only about attempts that have no Job yet. */
  readonly needsNoJob: boolean;
}

/** All kinds of writes about open attempts. */
export const everyRecord: readonly RecordCase[] = [
  {
    method: 'recordCreated',
    write: (store, epoch, keys) =>
      store.recordCreated(
        epoch,
        keys.map((key) => ({ ...key, jobUid: aUid(key.taskId) })),
      ),
    isWritten: (row) => row.job_uid === aUid(row.id) && row.next_check_at === null,
    needsNoJob: true,
  },
  {
    method: 'recordRenamed',
    write: (store, epoch, keys) =>
      store.recordRenamed(
        epoch,
        keys.map((key) => ({ ...key, jobName: `renamed-${key.taskId}` })),
      ),
    isWritten: (row) => row.job_name === `renamed-${row.id}`,
    needsNoJob: true,
  },
  {
    method: 'recordReleased',
    write: (store, epoch, keys) => store.recordReleased(epoch, keys),
    isWritten: (row) => row.next_check_at !== null && Date.parse(`${row.next_check_at}Z`) < Date.now() + 60_000,
    needsNoJob: true,
  },
  {
    method: 'recordWaiting',
    write: (store, epoch, keys) =>
      store.recordWaiting(
        epoch,
        keys.map((key) => ({ ...key, reason: 'QuotaExceeded', message: 'no room', delayMs: 5_000 })),
      ),
    isWritten: (row) => row.reason === 'QuotaExceeded' && row.message === 'no room' && row.status === 'Pending',
    needsNoJob: true,
  },
  {
    method: 'recordProgress',
    write: (store, epoch, keys) =>
      store.recordProgress(
        epoch,
        keys.map((key) => ({ ...key, status: 'Running', reason: undefined, message: undefined, started: true })),
      ),
    isWritten: (row) => row.status === 'Running' && row.started_at !== null && row.reason === null,
    needsNoJob: false,
  },
  {
    method: 'recordEnd',
    write: (store, epoch, keys) => {
      const end = { status: 'Failed', reason: 'JobFailed', message: 'words', started: true } as const;
      return store.recordEnd(
        epoch,
        keys.map((key) => ({ ...key, ...end, jobUid: aUid(key.taskId) })),
      );
    },
    isWritten: (row) => row.status === 'Failed' && row.finished_at !== null && row.job_uid === aUid(row.id),
    needsNoJob: false,
  },
  {
    method: 'recordRetry',
    write: (store, epoch, keys) => {
      const end = { status: 'Failed', reason: 'JobFailed', message: 'words', started: true } as const;
      const wait = { delayMs: 60_000, waitReason: 'BackOff', waitMessage: 'more words', isTry: true };
      return store.recordRetry(
        epoch,
        keys.map((key) => ({ ...key, ...end, ...wait, jobUid: aUid(key.taskId) })),
      );
    },
    isWritten: (row) => row.status === 'Pending' && row.reason === 'BackOff' && row.finished_at !== null,
    needsNoJob: false,
  },
  {
    method: 'recordEnding',
    desired: 'Cancel',
    write: (store, epoch, keys) =>
      store.recordEnding(
        epoch,
        keys.map((key) => ({ ...key, ending: 'Cancelled', message: 'words' })),
      ),
    isWritten: (row) => row.ending === 'Cancelled' && row.desired === 'Run' && row.finished_at === null,
    needsNoJob: false,
  },
  {
    method: 'recordHeld',
    desired: 'Suspend',
    write: (store, epoch, keys) => store.recordHeld(epoch, keys),
    isWritten: (row) => row.status === 'Suspended' && row.reason === 'Suspended' && row.next_check_at === null,
    needsNoJob: true,
  },
  {
    method: 'recordResumed',
    write: (store, epoch, keys) => store.recordResumed(epoch, keys),
    isWritten: (row) => row.status === 'Pending' && row.next_check_at !== null && row.next_check_at === row.claimed_at,
    needsNoJob: true,
  },
];

/** Has the users of all rows want what a write is about. */
export async function wantIn(subject: StoreUnderTest, { desired = 'Run' }: RecordCase): Promise<void> {
  await want(subject, desired);
}
