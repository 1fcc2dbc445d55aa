import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Migration, MigrationError } from '../../../migrations/migration.ts';
import type { Logger } from '../../log.ts';
import { isStoreError } from '../store-error.ts';
import type { Database } from './database.ts';
import { createSchemaReader } from './schema-reader.ts';

export interface MigrateOptions {
  readonly database: Database;
  readonly migrations: readonly Migration[];
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** How long to wait for another `migrate` and for users' transactions that hold the table, milliseconds. */
  readonly patienceMs?: number;
}

const lockName = 'nightwatch migrate';

/** The statements that {@link migrate} would run now, in order, the record of the version last. Changes nothing. */
export async function planMigrations(database: Database, migrations: readonly Migration[]): Promise<readonly string[]> {
  const connection = database as unknown as Kysely<unknown>;
  const schema = createSchemaReader(connection);
  const statements: string[] = [];
  for (const migration of migrations) {
    const statement = await migration.statement(schema);
    if (statement) statements.push(`-- ${migration.version}: ${migration.name}\n${statement.compile(database).sql};`);
  }
  const newest = migrations.at(-1);
  if (newest && (await recordedVersion(connection, schema)) < newest.version) {
    statements.push(`-- the version of the schema\n${record(newest).compile(database).sql};`);
  }
  return statements;
}

/**
 * Brings the schema to the newest version; safe to run twice, by two processes at once, and again after a crash at any point.
 *
 * @throws {MigrationError} when another process holds the migration lock for too long, or the schema cannot fit.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  // One connection throughout: the server's named lock belongs to it, and goes with it when this process dies.
  await options.database.connection().execute(async (connection) => {
    const database = connection as unknown as Kysely<unknown>;
    await takeLock(database, options);
    try {
      for (const migration of options.migrations) await apply(database, migration, options);
    } finally {
      await sql`SELECT RELEASE_LOCK(${lockNameOf()})`.execute(database);
    }
  });
}

/** Named locks are the server's, not the database's: the database's name keeps two installations apart (64 characters at most). */
function lockNameOf() {
  return sql`CONCAT(${`${lockName} `}, LEFT(SHA2(DATABASE(), 256), 16))`;
}

async function takeLock(
  database: Kysely<unknown>,
  { log, signal, patienceMs = 60_000 }: MigrateOptions,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 1_000) {
    signal.throwIfAborted();
    // The result counts: 0 is "somebody else has it", NULL an error. One second a time, below the statement deadline.
    const { rows } = await sql<{ taken: string | number | null }>`SELECT GET_LOCK(${lockNameOf()}, 1) AS taken`.execute(
      database,
    );
    if (Number(rows[0]?.taken ?? 0) === 1) return;
    log.info({ waitedMs }, 'another migration is under way, waiting for it');
  }
  throw new MigrationError(
    `another process has been migrating this database for over ${patienceMs / 1_000} s: look for it (SHOW PROCESSLIST), then migrate again`,
  );
}

async function apply(database: Kysely<unknown>, migration: Migration, options: MigrateOptions): Promise<void> {
  const schema = createSchemaReader(database);
  if ((await recordedVersion(database, schema)) >= migration.version) return;
  const statement = await migration.statement(schema);
  if (statement) {
    await patiently(options, migration, () => statement.execute(database));
    options.log.info({ version: migration.version }, `migrated: ${migration.name}`);
  }
  // The first step makes the table that this records in, the second its row: both look at the schema when they are run again.
  await record(migration).execute(database);
}

/** Without parameters, so that it can be printed as it is run. */
function record({ version, oldestProgram }: Migration): RawBuilder<unknown> {
  return sql`UPDATE installation SET schema_version = ${sql.lit(version)}, oldest_program = ${sql.lit(oldestProgram)}
  WHERE id = 1 AND schema_version < ${sql.lit(version)}`;
}

async function recordedVersion(
  database: Kysely<unknown>,
  schema: { hasTable(table: string): Promise<boolean> },
): Promise<number> {
  if (!(await schema.hasTable('installation'))) return 0;
  const { rows } = await sql<{ schema_version: number }>`SELECT schema_version FROM installation WHERE id = 1`.execute(
    database,
  );
  return rows[0]?.schema_version ?? 0;
}

/**
 * Runs a DDL statement again while a user's open transaction holds the table.
 *
 * Short tries with pauses, never one long wait: every statement of others queues behind an ALTER that waits.
 */
async function patiently(options: MigrateOptions, migration: Migration, run: () => Promise<unknown>): Promise<void> {
  const { log, signal, patienceMs = 60_000 } = options;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await run();
      return;
    } catch (error) {
      if (!isStoreError(error, 'lock-wait', 'retry')) throw error;
      if (performance.now() > deadline) {
        throw new MigrationError(
          `'${migration.name}' waited ${patienceMs / 1_000} s for a transaction that holds the table: end it, then migrate again`,
          { cause: error },
        );
      }
      log.warn({ version: migration.version }, 'a transaction holds the table, waiting for it');
      await sleep(1_000, undefined, { signal });
    }
  }
}
