import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laterName } from '../../../src/task/later-name.ts';
import type { DatabaseServer } from '../../support/database-server.ts';
import { seedCreateTable } from '../../support/seed-table.ts';
import { epoch, openStore } from '../../support/store-under-test.ts';
import { anInfo } from '../../support/task-rows.ts';
import { aUid, keyOf, leaseMs, rowOf, setColumns, submit } from './given-rows.ts';

interface Shape {
  /** Ends "a table of the user can have …". */
  readonly what: string;
  /** Makes of the seed's statement the user's. */
  readonly change: (createTable: string) => string;
  /** The greatest id that fits. */
  readonly id: string;
}

const info = '`info` TEXT NOT NULL';
const id = '`id` bigint(20) NOT NULL';
const greatest = '9223372036854775807';

const shapes: readonly Shape[] = [
  { what: 'a longer info', change: (table) => table.replace(info, '`info` LONGTEXT NOT NULL'), id: greatest },
  { what: 'an info of type JSON', change: (table) => table.replace(info, '`info` JSON NOT NULL'), id: greatest },
  { what: 'an info that may be NULL', change: (table) => table.replace(info, '`info` TEXT NULL'), id: greatest },
  {
    what: 'an unsigned id',
    change: (table) => table.replace(id, '`id` bigint unsigned NOT NULL'),
    id: '18446744073709551615',
  },
  { what: 'a short id', change: (table) => table.replace(id, '`id` int NOT NULL'), id: '2147483647' },
  {
    what: 'columns of its own, and no unique names',
    change: (table) =>
      table.replace(/UNIQUE KEY.*\)/, "`note` varchar(20) NOT NULL DEFAULT 'mine', KEY `by_user` (`user_id`)"),
    id: greatest,
  },
];

/** The table that a user made, in another shape than the seed's. */
export function tableShapesContract(server: () => DatabaseServer): void {
  describe('a table of the user', () => {
    for (const shape of shapes) {
      it(`can have ${shape.what}`, async () => {
        const createTable = shape.change(seedCreateTable);
        assert.notEqual(createTable, seedCreateTable);
        await using stores = await openStore(server(), { createTable });
        const { store } = stores;
        const given = anInfo({ args: ['ä 😀'] });
        await submit(stores, [shape.id], { name: 'a-name', info: given });

        const { rows } = await store.listNormal(10, undefined);
        const claimed = await store.claimNormal(epoch, [shape.id], leaseMs);
        assert.deepEqual(
          rows.map(({ taskId }) => taskId),
          [shape.id],
        );
        assert.ok(claimed.result === 'claimed');
        const [task] = claimed.tasks;
        assert.ok(task);
        assert.equal(task.taskId, shape.id);
        assert.deepEqual(JSON.parse(task.info ?? ''), JSON.parse(given));
        await store.recordCreated(epoch, [{ ...keyOf(task), jobUid: aUid('1') }]);
        const end = {
          status: 'Succeeded',
          reason: undefined,
          message: undefined,
          jobUid: aUid('1'),
          started: true,
        } as const;
        await store.recordEnd(epoch, [{ ...keyOf(task), ...end }]);

        assert.equal((await rowOf(stores, shape.id)).status, 'Succeeded');
        await setColumns(stores, shape.id, "status = 'Normal'");
        const again = await store.claimNormal(epoch, [shape.id], leaseMs);
        assert.ok(again.result === 'claimed');
        assert.equal(again.tasks[0]?.jobName, laterName('a-name', shape.id, 2));
      });
    }

    it('can have an info that is NULL: it is claimed, to be refused', async () => {
      const createTable = seedCreateTable.replace(info, '`info` TEXT NULL');
      await using stores = await openStore(server(), { createTable });
      await submit(stores, ['1']);
      await setColumns(stores, '1', 'info = NULL');

      const claimed = await stores.store.claimNormal(epoch, ['1'], leaseMs);

      assert.ok(claimed.result === 'claimed');
      assert.deepEqual([claimed.tasks[0]?.info, claimed.tasks[0]?.infoBytes], [undefined, 0]);
    });
  });
}
