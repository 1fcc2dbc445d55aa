import type { DatabaseServer, DatabaseServerOptions } from './database-server.ts';
import { startMariaDb } from './mariadb.ts';
import { startMySql } from './mysql.ts';

/** The databases that every statement has to work on. */
export const flavours = ['mariadb', 'mysql'] as const satisfies readonly DatabaseServer['flavour'][];

export type Flavour = (typeof flavours)[number];

const starters = { mariadb: startMariaDb, mysql: startMySql } as const;

/** Starts a private database server of one flavour. */
export function startDatabase(flavour: Flavour, options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  return starters[flavour](options);
}
