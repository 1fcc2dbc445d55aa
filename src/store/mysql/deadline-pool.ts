import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import type mysql from 'mysql2';
import { StoreError } from '../store-error.ts';
import { translateMysqlError } from './mysql-error.ts';

/** Numbers of milliseconds after which a call to the database is given up. */
export interface PoolDeadlines {
  /** From asking for a connection until one is handed out. */
  readonly acquireMs: number;
  /** From sending a statement until its result; the connection is destroyed, the outcome is unknown. */
  readonly statementMs: number;
}

const farewellMs = 500;

/**
 * A mysql2 pool whose every wait ends, as kysely wants a pool to look.
 *
 * mysql2 itself waits for ever for a connection and for a result (a server that hangs would hang us), and a pool keeps
 * connections to a server that became read-only; here both are destroyed, so that the next statement meets a fresh one.
 */
export function createDeadlinePool(pool: mysql.Pool, deadlines: PoolDeadlines): MysqlPool {
  const wrapped = new WeakMap<mysql.PoolConnection, MysqlPoolConnection>();
  const open = new Set<mysql.PoolConnection>();
  pool.on('connection', (connection: mysql.PoolConnection) => {
    open.add(connection);
    connection.once('end', () => open.delete(connection));
    connection.once('error', () => open.delete(connection));
  });
  return {
    getConnection(callback) {
      let waiting = true;
      const timer = setTimeout(() => {
        waiting = false;
        callback(timeOut(`no database connection within ${deadlines.acquireMs} ms`), undefined as never);
      }, deadlines.acquireMs);
      pool.getConnection((error, connection) => {
        clearTimeout(timer);
        if (!waiting) {
          if (!error) connection.release();
          return;
        }
        if (error) {
          callback(translateMysqlError(error), undefined as never);
          return;
        }
        let known = wrapped.get(connection);
        if (known === undefined) {
          known = withDeadline(connection, deadlines.statementMs);
          wrapped.set(connection, known);
        }
        callback(undefined, known);
      });
    },
    end(callback) {
      // A server that hangs never answers the farewell: what has not closed soon is cut.
      const timer = setTimeout(() => {
        for (const connection of open) connection.destroy();
        callback(undefined);
      }, farewellMs);
      pool.end((error) => {
        clearTimeout(timer);
        callback(error ?? undefined);
      });
    },
  };
}

function withDeadline(connection: mysql.PoolConnection, statementMs: number): MysqlPoolConnection {
  let destroyed = false;
  const destroy = () => {
    destroyed = true;
    connection.destroy();
  };
  return {
    config: connection.config,
    threadId: connection.threadId,
    connect: (callback) => callback?.(undefined),
    destroy,
    release: () => {
      if (!destroyed) connection.release();
    },
    query(sql, parameters, callback) {
      let settled = false;
      const settle = (error: StoreError | undefined, result: unknown) => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        // A connection in doubt or to a read-only server must not go back into the pool.
        if (error && (error.kind === 'unknown' || error.kind === 'demoted')) destroy();
        callback?.(error, result as never);
      };
      const timer = setTimeout(
        () => settle(timeOut(`no answer from the database within ${statementMs} ms`), undefined),
        statementMs,
      );
      return connection.query(sql, parameters as unknown[], (error, result) =>
        settle(error ? translateMysqlError(error) : undefined, result),
      ) as never;
    },
  };
}

function timeOut(message: string): StoreError {
  return new StoreError('unknown', message, { cause: undefined });
}
