import type { RecordedSchema } from '../schema-state.ts';
import { isStoreError } from '../store-error.ts';
import type { Database } from './database.ts';

/** What the database says of its schema; undefined when it was never migrated. */
export async function readSchema(database: Database): Promise<RecordedSchema | undefined> {
  try {
    const row = await database
      .selectFrom('installation')
      .select(['installation_id', 'schema_version', 'oldest_program'])
      .where('id', '=', 1)
      .executeTakeFirst();
    return (
      row && { installationId: row.installation_id, version: row.schema_version, oldestProgram: row.oldest_program }
    );
  } catch (error) {
    if (isNoSuchTable(error)) return undefined;
    throw error;
  }
}

/** 1146, or 1142 where the user may read only tables that exist. */
function isNoSuchTable(error: unknown): boolean {
  if (!isStoreError(error, 'configuration') || typeof error.cause !== 'object' || error.cause === null) return false;
  return 'errno' in error.cause && (error.cause.errno === 1146 || error.cause.errno === 1142);
}
