import type { Migration } from '../../migrations/migration.ts';
import { migrations } from '../../migrations/migrations.ts';
import { databaseAddress } from '../../src/config/database-address.ts';
import { createLogger } from '../../src/log.ts';
import { type Database, openDatabase } from '../../src/store/mysql/database.ts';
import { migrate } from '../../src/store/mysql/migrate.ts';

/** An index of a million rows is built in one statement. */
const statementMs = 120_000;

/** Migrates a database without a process of its own, by the first of the steps or by all of them. */
export async function migrateInProcess(adminUrl: string, steps: readonly Migration[] = migrations): Promise<void> {
  const database = openByUrl(adminUrl, 1);
  const log = createLogger({ level: 'silent', format: 'json', fd: 2 });
  try {
    await migrate({ database, migrations: steps, log, signal: AbortSignal.timeout(statementMs) });
  } finally {
    await database.destroy();
  }
}

/** Opens a pool of the program's own kind; a statement may take two minutes. */
export function openByUrl(url: string, connections: number): Database {
  const address = databaseAddress.parse(url);
  if (address.result === 'invalid') throw new Error(`not the address of a database: ${address.problem}`);
  return openDatabase(address.value, { connections, statementMs });
}
