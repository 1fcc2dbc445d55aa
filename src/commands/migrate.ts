import { migrations } from '../../migrations/migrations.ts';
import type { MigrateConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { openDatabase } from '../store/mysql/database.ts';
import { migrate, planMigrations } from '../store/mysql/migrate.ts';

export interface MigrateOptions {
  readonly config: MigrateConfig;
  readonly isDryRun: boolean;
  readonly log: Logger;
  readonly print: (text: string) => void;
  readonly signal: AbortSignal;
}

/** An index on a large table is built in one statement. */
const longestStatementMs = 24 * 60 * 60 * 1_000;

/** `nightwatch migrate`: brings the schema to this version, or prints the SQL that would. */
export async function runMigrate({ config, isDryRun, log, print, signal }: MigrateOptions): Promise<void> {
  const database = openDatabase(config.database, { connections: 1, statementMs: longestStatementMs });
  try {
    if (isDryRun) {
      const statements = await planMigrations(database, migrations);
      print(statements.length === 0 ? '-- the schema is up to date' : statements.join('\n\n'));
    } else {
      await migrate({ database, migrations, log, signal });
      log.info({ version: migrations.at(-1)?.version }, 'the schema is up to date');
    }
  } finally {
    await database.destroy();
  }
}
