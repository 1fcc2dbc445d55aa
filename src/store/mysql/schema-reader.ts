import { type Kysely, sql } from 'kysely';
import type { SchemaReader } from '../../../migrations/migration.ts';

/** Reads what tables, columns and indexes the current database has, from information_schema. */
export function createSchemaReader(database: Kysely<unknown>): SchemaReader {
  const columnsOf = async (table: string) => {
    const { rows } = await sql<{ name: string }>`
      SELECT LOWER(COLUMN_NAME) AS name FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${table}`.execute(database);
    return new Set(rows.map((row) => row.name));
  };
  const hasTable = async (table: string) => (await columnsOf(table)).size > 0;
  return {
    columnsOf,
    hasTable,
    async hasIndex(table, index) {
      const { rows } = await sql`
        SELECT 1 FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${table} AND INDEX_NAME = ${index} LIMIT 1`.execute(database);
      return rows.length > 0;
    },
    async hasRow(table) {
      if (!(await hasTable(table))) return false;
      const { rows } = await sql`SELECT 1 FROM ${sql.table(table)} LIMIT 1`.execute(database);
      return rows.length > 0;
    },
  };
}
