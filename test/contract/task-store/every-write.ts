import type { AttemptKey } from '../../../src/store/task-writes.ts';
import type { Desired } from '../../../src/task/task.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { everyRecord, wantIn } from './every-record.ts';
import { aUid, leaseMs, setColumns } from './given-rows.ts';
import { aLog } from './logs.ts';

type Write = (subject: StoreUnderTest, keys: readonly AttemptKey[]) => Promise<{ readonly result: string }>;

export const openIds: readonly string[] = ['1', '2'];

const normal = { taskId: '3', status: 'Normal', attemptId: undefined } as const;
const wantNormal = (desired: Desired) => (subject: StoreUnderTest) =>
  setColumns(subject, normal.taskId, `desired = '${desired}'`);
const toResult = (result: 'written' | 'held' | 'fenced') => ({ result });
const endedOf = async ({ store }: StoreUnderTest) => (await store.readIdentities(['5']))[0]?.attemptId ?? '';

/** A statement that changes rows. */
export interface WriteCase {
  readonly method: string;
  /** What else is true of the rows. */
  readonly given?: (subject: StoreUnderTest) => Promise<void>;
  readonly write: Write;
}

/**
 * Every statement of a task store that changes rows, over the open rows 1 and 2, the Normal row 3, the inherited row 4
 * and the ended row 5.
 */
export const everyWrite: readonly WriteCase[] = [
  ...everyRecord.map((record) => ({
    method: record.method,
    given: (subject: StoreUnderTest) => wantIn(subject, record),
    write: ({ store }: StoreUnderTest, keys: readonly AttemptKey[]) => record.write(store, epoch, keys),
  })),
  {
    method: 'recordDetail',
    write: async ({ store }) => {
      const [row] = await store.readIdentities(['5']);
      return store.recordDetail(epoch, [{ taskId: '5', attemptId: row?.attemptId ?? '', exitCode: 3 }]);
    },
  },
  {
    method: 'storeLog',
    write: async (subject) => subject.store.storeLog(epoch, [aLog(await endedOf(subject), { text: 'words' })]),
  },
  {
    method: 'storeOpenLog',
    write: async ({ store }, [key]) =>
      toResult(
        await store.storeOpenLog(epoch, aLog(key?.attemptId ?? '', { text: 'words', taskId: key?.taskId ?? '' })),
      ),
  },
  {
    method: 'postponeLog',
    write: async (subject) => toResult(await subject.store.postponeLog(epoch, await endedOf(subject), 60_000)),
  },
  {
    method: 'intendCleanUp',
    write: async (subject) => toResult(await subject.store.intendCleanUp(epoch, [await endedOf(subject)])),
  },
  {
    method: 'confirmCleanUp',
    given: async ({ user }) => void (await user.query('UPDATE task_attempt SET clean_up_at = finished_at')),
    write: async (subject) => toResult(await subject.store.confirmCleanUp(epoch, [await endedOf(subject)])),
  },
  {
    method: 'postponeCleanUp',
    write: async (subject) => toResult(await subject.store.postponeCleanUp(epoch, await endedOf(subject), 60_000)),
  },
  {
    method: 'delay',
    given: (subject) => setColumns(subject, '3', 'not_before = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR'),
    write: async ({ store }) => toResult(await store.delay(epoch, ['3'])),
  },
  {
    method: 'answerCancel',
    given: wantNormal('Cancel'),
    write: async ({ store }) => {
      const answer = { answer: 'cancelled', reason: 'Cancelled', message: 'words' } as const;
      return toResult(await store.answerCancel(epoch, [{ ...normal, ...answer }]));
    },
  },
  {
    method: 'hold',
    given: wantNormal('Suspend'),
    write: async ({ store }) => toResult(await store.hold(epoch, [normal])),
  },
  {
    method: 'resume',
    given: (subject) => setColumns(subject, '3', "reason = 'Suspended'"),
    write: async ({ store }) => toResult(await store.resume(epoch, [normal])),
  },
  { method: 'claimNormal', write: ({ store }) => store.claimNormal(epoch, ['3'], leaseMs) },
  { method: 'claimDue', write: ({ store }) => store.claimDue(epoch, openIds, leaseMs) },
  {
    method: 'recordInherited',
    write: ({ store }) => {
      const row = { taskId: '4', name: 'task-4', namespace: 'demo', attemptId: 'inherited-4', jobUid: aUid('4') };
      return store.recordInherited(epoch, [{ ...row, reason: 'JobDeleted', message: 'words' }]);
    },
  },
];
