import { sql } from 'kysely';
import type { LeaderStore } from '../../leader/leader-store.ts';
import type { Database } from './database.ts';

export function createLeaderStore(database: Database): LeaderStore {
  return {
    async read() {
      const row = await database
        .selectFrom('leader')
        .select(['lock_name', 'epoch', 'holder'])
        .where('id', '=', 1)
        .executeTakeFirstOrThrow();
      return { lockName: row.lock_name ?? undefined, epoch: Number(row.epoch), holder: row.holder ?? undefined };
    },
    async recordLockName(lockName) {
      await database
        .updateTable('leader')
        .set({ lock_name: lockName })
        .where('id', '=', 1)
        .where('lock_name', 'is', null)
        .execute();
    },
    async bump(epoch, holder) {
      const result = await database
        .updateTable('leader')
        .set({ epoch: BigInt(epoch + 1), holder, acquired_at: sql`UTC_TIMESTAMP(3)` })
        .where('id', '=', 1)
        .where('epoch', '=', sql<string>`${BigInt(epoch)}`)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
  };
}
