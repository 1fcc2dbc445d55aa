import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isStoreError } from '../../../src/store/store-error.ts';
import type { AttemptKey } from '../../../src/store/task-writes.ts';
import type { Desired } from '../../../src/task/task.ts';
import { readAttempts } from '../../support/attempt-rows.ts';
import { epoch, type StoreUnderTest } from '../../support/store-under-test.ts';
import { readTasks } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import { everyRecord, wantIn } from './every-record.ts';
import { aUid, claim, endOne, keyOf, leaseMs, setColumns, submit } from './given-rows.ts';

type Write = (subject: StoreUnderTest, keys: readonly AttemptKey[]) => Promise<{ readonly result: string }>;

const openIds = ['1', '2'];
const fenced = { result: 'fenced' };

const normal = { taskId: '3', status: 'Normal', attemptId: undefined } as const;
const wantNormal = (desired: Desired) => (subject: StoreUnderTest) =>
  setColumns(subject, normal.taskId, `desired = '${desired}'`);
const toResult = (result: 'written' | 'fenced') => ({ result });

interface WriteCase {
  readonly method: string;
  /** What else is true of the rows. */
  readonly given?: (subject: StoreUnderTest) => Promise<void>;
  readonly write: Write;
}

/**
 * Every statement of a task store that changes rows, over the open rows 1 and 2, the Normal row 3, the inherited row 4
 * and the ended row 5.
 */
const everyWrite: readonly WriteCase[] = [
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

/** What keeps a former leader from changing rows: the epoch, which every write is joined on. */
export function fenceContract(subject: () => StoreUnderTest): void {
  for (const { method, given, write } of everyWrite) {
    describe(`${method} of a former leader`, () => {
      it('changes nothing once the epoch has moved on, and says so', async () => {
        const keys = await givenRows();
        await given?.(subject());
        const before = await readAll();
        await subject().leaderStore.bump(epoch, 'the next one');

        assert.deepEqual(await write(subject(), keys), fenced);

        assert.deepEqual(await readAll(), before);
      });

      it('waits while the epoch is being moved, then changes nothing', async () => {
        const keys = await givenRows();
        await given?.(subject());
        const before = await readAll();
        await using bump = await beginBump();

        const writing = settled(write(subject(), keys));
        await untilItWaits();
        await bump.commit();

        // A wait that was too long for the lock wait of a second changed nothing either; the repetition tells why.
        const outcome = await writing;
        const result = outcome === 'waited too long' ? await write(subject(), keys) : outcome;
        assert.deepEqual(result, fenced);
        assert.deepEqual(await readAll(), before);
      });

      it('is carried out when the next leader takes its bump back', async () => {
        const keys = await givenRows();
        await given?.(subject());
        const before = await readAll();
        await using bump = await beginBump();

        const writing = settled(write(subject(), keys));
        await untilItWaits();
        await bump.rollback();

        const outcome = await writing;
        const result = outcome === 'waited too long' ? await write(subject(), keys) : outcome;
        assert.notEqual(result.result, 'fenced');
        assert.notDeepEqual(await readAll(), before);
      });
    });
  }

  /** Two open rows that are due, one that is Normal, one that the system before this one left, and one that has ended. */
  async function givenRows(): Promise<readonly AttemptKey[]> {
    const keys = (await claim(subject(), openIds)).map(keyOf);
    await subject().user.query('UPDATE task SET next_check_at = UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
    await submit(subject(), ['3']);
    await submit(subject(), ['4'], { status: 'Running' });
    await endOne(subject(), '5');
    return keys;
  }

  async function readAll() {
    return { tasks: await readTasks(subject().user), attempts: await readAttempts(subject().user) };
  }

  async function beginBump() {
    const next = await subject().connect();
    await next.beginTransaction();
    await next.query('UPDATE leader SET epoch = epoch + 1');
    return {
      commit: () => next.commit(),
      rollback: () => next.rollback(),
      // A test that fails in between must not leave the leader row locked for all that follow.
      [Symbol.asyncDispose]: () => next.rollback(),
    };
  }

  /** The server has begun the statement, and it has not come back some time later. */
  async function untilItWaits(): Promise<void> {
    const observer = await subject().connectAsService();
    const seen = async () => {
      const [rows] = await observer.query(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE '%STRAIGHT_JOIN leader%' AND ID <> CONNECTION_ID()",
      );
      assert.ok(Array.isArray(rows) && rows.length === 1, 'the statement is not under way');
    };
    await until('the statement is under way', seen);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await seen();
  }
}

async function settled(writing: Promise<{ readonly result: string }>) {
  try {
    return await writing;
  } catch (error) {
    if (isStoreError(error, 'lock-wait')) return 'waited too long';
    throw error;
  }
}
