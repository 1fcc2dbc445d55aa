/** What is asked of a connection of a pool. */
export interface PooledConnection {
  once(event: 'end' | 'error', listener: () => void): unknown;
  release(): void;
  destroy(): void;
}

export interface ConnectionSource {
  on(event: 'connection', listener: (connection: PooledConnection) => void): unknown;
}

/** The open connections of a pool, so that those to a server that is not wanted any more can be given up. */
export class OpenConnections {
  readonly #open = new Set<PooledConnection>();
  readonly #inUse = new WeakSet<PooledConnection>();
  readonly #givenUp = new WeakSet<PooledConnection>();

  constructor(pool: ConnectionSource) {
    pool.on('connection', (connection) => {
      this.#open.add(connection);
      connection.once('end', () => this.#open.delete(connection));
      connection.once('error', () => this.#open.delete(connection));
    });
  }

  /** The pool has handed the connection out. */
  use(connection: PooledConnection): void {
    this.#inUse.add(connection);
  }

  /** Gives the connection back to the pool, unless it is to be used no more. */
  release(connection: PooledConnection): void {
    this.#inUse.delete(connection);
    if (this.#givenUp.has(connection)) connection.destroy();
    else connection.release();
  }

  /** Has the next statements meet connections that are opened from now on; what is under way is finished. */
  giveUp(): void {
    for (const connection of this.#open) {
      this.#givenUp.add(connection);
      if (!this.#inUse.has(connection)) connection.destroy();
    }
  }

  destroy(): void {
    for (const connection of this.#open) connection.destroy();
  }
}
