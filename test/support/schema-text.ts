import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

const columnText = z.object({ Table: z.string(), 'Create Table': z.string() });
const tableNames = z.array(z.object({ name: z.string() }));

/**
 * Reads the statements that would make the tables of a database, by their names: every column, default, collation,
 * index, check and comment, in the server's own words. How far a table has counted its ids is left out.
 */
export async function readSchemaText(connection: Connection): Promise<Readonly<Record<string, string>>> {
  const [listed] = await connection.query(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME',
  );
  const schema: Record<string, string> = {};
  for (const { name } of tableNames.parse(listed)) {
    const [rows] = await connection.query('SHOW CREATE TABLE ??', [name]);
    const [{ 'Create Table': statement }] = z.tuple([columnText]).parse(rows);
    schema[name] = statement.replace(/ AUTO_INCREMENT=\d+/, '');
  }
  return schema;
}
