import { readFileSync } from 'node:fs';
import { CompiledQuery, Kysely, MysqlDialect } from 'kysely';
import mysql from 'mysql2';
import type { DatabaseAddress, DatabaseTls } from '../../config/database-address.ts';
import { createDeadlinePool } from './deadline-pool.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export interface DatabaseOptions {
  readonly connections: number;
  /** Longest wait for one statement, milliseconds. */
  readonly statementMs: number;
}

/**
 * What every connection of ours is set to, whatever the server's defaults are.
 *
 * READ COMMITTED takes no gap locks, so our batches never block users' INSERTs; the short lock time-outs keep a row or a
 * table that somebody holds from holding us.
 */
const sessionSettings = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  `SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 1, SESSION lock_wait_timeout = 2,
       SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`,
] as const;

function tlsOptions(tls: DatabaseTls): Pick<mysql.PoolOptions, 'ssl'> {
  if (tls.mode === 'off') return {};
  if (tls.mode === 'required') return { ssl: { minVersion: 'TLSv1.2', rejectUnauthorized: false } };
  const ca = tls.caFile === undefined ? {} : { ca: readFileSync(tls.caFile) };
  return { ssl: { minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true, ...ca } };
}

/** Opens a pool (lazily: the first statement connects). Dispose it with `destroy()`. */
export function openDatabase(address: DatabaseAddress, options: DatabaseOptions): Database {
  const pool = mysql.createPool({
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password.reveal(),
    database: address.database,
    ...tlsOptions(address.tls),
    connectionLimit: options.connections,
    connectTimeout: 3_000,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    stringifyObjects: true,
    // For what is sent in one packet (`one-packet.ts`): every text of a statement is ours, and its values are escaped.
    multipleStatements: true,
  });
  const deadlinePool = createDeadlinePool(pool, { acquireMs: options.statementMs, statementMs: options.statementMs });
  return new Kysely<Tables>({
    dialect: new MysqlDialect({
      pool: deadlinePool,
      onCreateConnection: async (connection) => {
        for (const sql of sessionSettings) await connection.executeQuery(CompiledQuery.raw(sql));
      },
    }),
  });
}
