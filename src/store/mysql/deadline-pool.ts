import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import type mysql from 'mysql2';
import { StoreError } from '../store-error.ts';
import { translateMysqlError } from './mysql-error.ts';
import { OpenConnections } from './open-connections.ts';

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
 * mysql2 itself waits for ever for a connection and for a result: a server that hangs would hang us. It also keeps its
 * connections to a server that became read-only, and after a failover what it reads there may be old: at the first
 * refusal of a write all that are open are given up, those in use once they are released.
 */
export function createDeadlinePool(pool: mysql.Pool, deadlines: PoolDeadlines): MysqlPool {
  const wrapped = new WeakMap<mysql.PoolConnection, MysqlPoolConnection>();
  const open = new OpenConnections(pool);
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
        open.use(connection);
        let known = wrapped.get(connection);
        if (known === undefined) {
          known = withDeadline(connection, deadlines.statementMs, open);
          wrapped.set(connection, known);
        }
        callback(undefined, known);
      });
    },
    end(callback) {
      // A server that hangs never answers the farewell: what has not closed soon is cut.
      const timer = setTimeout(() => {
        open.destroy();
        callback(undefined);
      }, farewellMs);
      pool.end((error) => {
        clearTimeout(timer);
        callback(error ?? undefined);
      });
    },
  };
}

function withDeadline(
  connection: mysql.PoolConnection,
  statementMs: number,
  open: OpenConnections,
): MysqlPoolConnection {
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
      if (!destroyed) open.release(connection);
    },
    query(sql, parameters, callback) {
      let settled = false;
      const settle = (error: StoreError | undefined, result: unknown) => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        if (error?.kind === 'demoted') open.giveUp();
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
