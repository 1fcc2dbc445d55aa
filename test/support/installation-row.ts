import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

const installationRow = z.object({
  installation_id: z.string(),
  schema_version: z.number(),
  oldest_program: z.string(),
});
export type InstallationRow = z.infer<typeof installationRow>;

/** What a migrated database says of itself. */
export async function readInstallation(connection: Connection): Promise<InstallationRow> {
  const [rows] = await connection.query('SELECT installation_id, schema_version, oldest_program FROM installation');
  const [row] = z.tuple([installationRow]).parse(rows);
  return row;
}
