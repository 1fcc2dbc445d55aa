import { StoreError, type StoreErrorKind } from '../store-error.ts';

/**
 * Server error numbers by what they mean. By number, never by name: mysql2 names MariaDB's own numbers wrongly.
 *
 * https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
const kindByErrno: ReadonlyMap<number, StoreErrorKind> = new Map([
  [1213, 'retry'], // deadlock: the whole transaction was rolled back
  [1020, 'retry'], // MariaDB 11.8: record changed since the snapshot
  [1205, 'lock-wait'],
  [1290, 'demoted'], // --read-only
  [1792, 'demoted'], // read-only transaction
  [1836, 'demoted'], // read-only mode
  [1053, 'unknown'], // server shutdown in progress
  [1317, 'unknown'], // query interrupted
  [1927, 'unknown'], // MariaDB: connection was killed
  [1040, 'unknown'], // too many connections: not sent, but it passes like a lost connection does
  [1203, 'unknown'],
  [1021, 'unknown'], // the disk is full
  [1030, 'unknown'], // the storage engine is in trouble
  [1037, 'unknown'], // out of memory
  [1041, 'unknown'],
  [1047, 'unknown'], // Galera: this node is not ready
  [1114, 'unknown'], // the table is full
  [1044, 'configuration'],
  [1045, 'configuration'],
  [1049, 'configuration'],
  [1054, 'configuration'],
  [1142, 'configuration'],
  [1143, 'configuration'],
  [1146, 'configuration'],
]);

/** Turns whatever the driver threw into a {@link StoreError}. */
export function translateMysqlError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError(kindOf(error, message), message, { cause: error });
}

function kindOf(error: unknown, message: string): StoreErrorKind {
  if (typeof error !== 'object' || error === null) return 'unexpected';
  const errno = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
  const known = kindByErrno.get(errno);
  if (known !== undefined) return known;
  if (errno > 0 && errno < 2_000) return 'unexpected'; // the server's words may be a row's own text
  // Negative errno: the operating system's. Without a number: the driver's own words for a connection that has gone.
  if (errno < 0 || /closed|connection lost|ECONN|ETIMEDOUT|EPIPE|handshake/i.test(message)) return 'unknown';
  const code = 'code' in error ? String(error.code) : '';
  return /^(PROTOCOL_|E[A-Z]+$)/.test(code) ? 'unknown' : 'unexpected';
}
