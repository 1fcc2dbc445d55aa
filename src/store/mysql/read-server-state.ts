import { sql } from 'kysely';
import { isStoreError } from '../store-error.ts';
import type { Database } from './database.ts';

export interface ServerState {
  readonly isReadOnly: boolean;
  /** Galera, or a group in multi-primary mode: nodes that do not share the lock on the leader row. */
  readonly mayHaveSeveralWriters: boolean;
}

/** Asks the server what it would let us write; variables that one of the two databases lacks are simply not there. */
export async function readServerState(database: Database): Promise<ServerState> {
  const { rows } = await sql<{ Variable_name: string; Value: string }>`
    SHOW GLOBAL VARIABLES WHERE Variable_name IN
      ('read_only', 'innodb_read_only', 'wsrep_on', 'group_replication_group_name', 'group_replication_single_primary_mode')`.execute(
    database,
  );
  const values = new Map(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
  const isOn = (name: string) => values.get(name) === 'ON';
  const inGroup = (values.get('group_replication_group_name') ?? '') !== '';
  return {
    isReadOnly: (await refusesWrites(database)) || isOn('read_only') || isOn('innodb_read_only'),
    mayHaveSeveralWriters: isOn('wsrep_on') || (inGroup && !isOn('group_replication_single_primary_mode')),
  };
}

/** A write that no row matches. Its refusal is also what makes the pool give up its connections to a former primary. */
async function refusesWrites(database: Database): Promise<boolean> {
  try {
    await sql`UPDATE leader SET epoch = epoch WHERE id = 0`.execute(database);
    return false;
  } catch (error) {
    if (isStoreError(error, 'demoted')) return true;
    throw error;
  }
}
