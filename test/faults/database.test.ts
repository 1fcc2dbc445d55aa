import { blockedBump } from './database/blocked-bump.ts';
import { hangingDatabase } from './database/hanging-database.ts';
import { deadlockAndLockWait } from './database/locked-rows.ts';
import { readOnlyDatabase } from './database/read-only-database.ts';
import { restartedDatabase } from './database/restarted-database.ts';
import { thinLineToDatabase } from './database/thin-line-to-database.ts';
import { userTransactions } from './database/user-transactions.ts';
import { describeFaults } from './describe-faults.ts';

describeFaults('the database', [
  restartedDatabase,
  readOnlyDatabase,
  deadlockAndLockWait,
  hangingDatabase,
  thinLineToDatabase,
  blockedBump,
  userTransactions,
]);
