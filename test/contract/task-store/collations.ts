import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Flavour } from '../../support/database.ts';
import type { DatabaseServer } from '../../support/database-server.ts';
import { seedCreateTable } from '../../support/seed-table.ts';
import { epoch, openStore, type StoreUnderTest } from '../../support/store-under-test.ts';
import { aUid, claim, keyOf, leaseMs, rowOf, setColumns, submit } from './given-rows.ts';

interface Collation {
  /** What stands behind `DEFAULT CHARSET=` in the user's CREATE TABLE. */
  readonly table: string;
  readonly on: readonly Flavour[];
  /** Whether it takes 'normal' for 'Normal'. */
  readonly ignoresCase: boolean;
}

const both = ['mariadb', 'mysql'] as const;
const collations: readonly Collation[] = [
  { table: 'utf8mb4', on: both, ignoresCase: true },
  { table: 'utf8mb4 COLLATE=utf8mb4_general_ci', on: both, ignoresCase: true },
  { table: 'utf8mb4 COLLATE=utf8mb4_unicode_ci', on: both, ignoresCase: true },
  { table: 'utf8mb4 COLLATE=utf8mb4_0900_ai_ci', on: ['mysql'], ignoresCase: true },
  { table: 'utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci', on: ['mariadb'], ignoresCase: true },
  { table: 'utf8mb4 COLLATE=utf8mb4_bin', on: both, ignoresCase: false },
  { table: 'utf8mb3', on: both, ignoresCase: true },
  { table: 'latin1', on: both, ignoresCase: true },
  { table: 'latin1 COLLATE=latin1_bin', on: both, ignoresCase: false },
];

/** A message of the kinds of characters that character sets disagree about. */
const message = "zähler 日本 😀 \\ ' %";

/** The table that a user made, in whatever character set and collation. */
export function collationsContract(flavour: Flavour, server: () => DatabaseServer): void {
  describe('a table of the user in another collation', () => {
    for (const collation of collations.filter(({ on }) => on.includes(flavour))) {
      it(`can be ${collation.table}`, async () => {
        const createTable = seedCreateTable.replace('CHARSET=utf8mb4', `CHARSET=${collation.table}`);
        await using stores = await openStore(server(), { createTable });

        await showWords(stores, collation);
        await showAttempt(stores);
        await showPutBack(stores);
      });
    }
  });
}

/** What the database calls equal to 'Normal' is Normal. */
async function showWords(stores: StoreUnderTest, { ignoresCase }: Collation): Promise<void> {
  await submit(stores, ['1']);
  await submit(stores, ['2'], { status: 'normal' });
  await submit(stores, ['3'], { status: 'NORMAL' });
  const expected = ignoresCase ? ['1', '2', '3'] : ['1'];
  const page = await stores.store.listNormal(10, undefined);
  assert.deepEqual(
    page.rows.map(({ taskId }) => taskId),
    expected,
  );
  const claimed = await stores.store.claimNormal(epoch, ['1', '2', '3'], leaseMs);
  assert.ok(claimed.result === 'claimed');
  assert.deepEqual(
    claimed.tasks.map(({ taskId }) => taskId),
    expected,
  );
}

async function showAttempt(stores: StoreUnderTest): Promise<void> {
  const { store } = stores;
  await submit(stores, ['11'], { name: 'zähler', namespace: 'größe' });
  const claimed = await store.claimNormal(epoch, ['11'], leaseMs);
  assert.ok(claimed.result === 'claimed');
  const [task] = claimed.tasks;
  assert.ok(task);
  assert.deepEqual([task.jobName, task.namespace], ['zähler', 'größe']);
  await store.recordWaiting(epoch, [{ ...keyOf(task), reason: 'QuotaExceeded', message, delayMs: 0 }]);
  assert.equal((await rowOf(stores, '11')).message, message);
  await store.recordCreated(epoch, [{ ...keyOf(task), jobUid: aUid('11') }]);
  const end = { status: 'Failed', reason: 'JobFailed', message, jobUid: aUid('11'), started: true } as const;
  await store.recordEnd(epoch, [{ ...keyOf(task), ...end }]);
  await setColumns(stores, '11', "status = 'Normal'");
  const again = await store.claimNormal(epoch, ['11'], leaseMs);
  assert.ok(again.result === 'claimed');
  assert.deepEqual(
    again.tasks.map(({ jobName, number }) => [jobName, number]),
    [['zähler-b-r2', 2]],
  );
}

/** A status that differs only in what the collation ignores is another word for us: it is put back. */
async function showPutBack(stores: StoreUnderTest): Promise<void> {
  const [first, held] = await claim(stores, ['21', '22']);
  assert.ok(first && held);
  const state = { status: 'Running', reason: undefined, message: undefined, started: true } as const;
  const writes = [first, held].map((task) => ({ ...keyOf(task), ...state }));
  await stores.store.recordProgress(epoch, writes);
  await setColumns(stores, '22', "status = 'running'");
  await using holder = new AsyncDisposableStack();
  const other = await stores.connect();
  await other.beginTransaction();
  holder.defer(() => other.rollback());
  await other.query('SELECT id FROM task WHERE id IN (21, 22) FOR UPDATE');

  const result = await stores.store.recordProgress(epoch, writes);

  // Row 21 says it already, whoever holds it.
  assert.deepEqual(result, { result: 'written', passedOver: writes.slice(1) });
}
