import { after, before, beforeEach, describe } from 'node:test';
import { leaderStoreContract } from '../contract/leader-store.ts';
import { archiveContract } from '../contract/task-store/archive.ts';
import { attemptsContract } from '../contract/task-store/attempts.ts';
import { claimsContract } from '../contract/task-store/claims.ts';
import { cleanUpsContract } from '../contract/task-store/clean-ups.ts';
import { collationsContract } from '../contract/task-store/collations.ts';
import { dueClaimsContract } from '../contract/task-store/due-claims.ts';
import { fenceContract } from '../contract/task-store/fence.ts';
import { heldRowsContract } from '../contract/task-store/held-rows.ts';
import { holdsContract } from '../contract/task-store/holds.ts';
import { hostileWordsContract } from '../contract/task-store/hostile-words.ts';
import { inheritedContract } from '../contract/task-store/inherited.ts';
import { listsContract } from '../contract/task-store/lists.ts';
import { logsContract } from '../contract/task-store/logs.ts';
import { normalListsContract } from '../contract/task-store/normal-lists.ts';
import { recordsContract } from '../contract/task-store/records.ts';
import { tableShapesContract } from '../contract/task-store/table-shapes.ts';
import { wishListsContract } from '../contract/task-store/wish-lists.ts';
import { wishesContract } from '../contract/task-store/wishes.ts';
import { flavours, startDatabase } from '../support/database.ts';
import type { DatabaseServer } from '../support/database-server.ts';
import { openStore, type StoreUnderTest } from '../support/store-under-test.ts';

const timeout = 120_000;

for (const flavour of flavours) {
  describe(`the stores on ${flavour}`, { timeout }, () => {
    let server: DatabaseServer;
    let stores: StoreUnderTest;

    before(async () => {
      server = await startDatabase(flavour);
      stores = await openStore(server);
    });

    after(async () => {
      await stores[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    beforeEach(() => stores.reset());

    leaderStoreContract(() => stores);
    normalListsContract(() => stores);
    listsContract(() => stores);
    claimsContract(() => stores);
    dueClaimsContract(() => stores);
    recordsContract(() => stores);
    attemptsContract(() => stores);
    archiveContract(() => stores);
    hostileWordsContract(() => stores);
    logsContract(() => stores);
    cleanUpsContract(() => stores);
    wishListsContract(() => stores);
    wishesContract(() => stores);
    holdsContract(() => stores);
    heldRowsContract(() => stores);
    fenceContract(() => stores);
    inheritedContract(() => stores);
    collationsContract(flavour, () => server);
    tableShapesContract(() => server);
  });
}
