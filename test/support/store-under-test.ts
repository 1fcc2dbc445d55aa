import type { Connection } from 'mysql2/promise';
import type { LeaderStore } from '../../src/leader/leader-store.ts';
import type { Database } from '../../src/store/mysql/database.ts';
import { createLeaderStore } from '../../src/store/mysql/leader-store.ts';
import { createTaskStore } from '../../src/store/mysql/task-store.ts';
import type { TaskStore } from '../../src/store/task-store.ts';
import type { DatabaseServer } from './database-server.ts';
import { migrateInProcess, openByUrl } from './migrate-in-process.ts';
import { connectTo } from './test-database.ts';

/** The stores of a database of their own, as the service's user with its few rights has them. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: TaskStore;
  readonly leaderStore: LeaderStore;
  /** The connections below both. */
  readonly database: Database;
  /** A connection of a user of the table, who may do everything. */
  readonly user: Connection;
  /** Opens another connection of such a user; it is closed with the stores. */
  connect(): Promise<Connection>;
  /** Opens a connection as the service, which sees what its own statements wait for. */
  connectAsService(): Promise<Connection>;
  /** Empties the tables and starts the epochs anew, at `epoch`. */
  reset(): Promise<void>;
}

/** The epoch that stores begin with. */
export const epoch = 7;

export interface StoreOptions {
  /** The user's own statement for the table `task`; that of the migrations unless told. */
  readonly createTable?: string;
  /** Connections of the store at most; 5 unless told. */
  readonly connections?: number;
}

/** Creates and migrates a database, and opens the stores on it. */
export async function openStore(server: DatabaseServer, options: StoreOptions = {}): Promise<StoreUnderTest> {
  await using resources = new AsyncDisposableStack();
  const created = resources.use(await server.createDatabase());
  const user = resources.adopt(await created.connect(), (connection) => connection.destroy());
  if (options.createTable !== undefined) await user.query(options.createTable);
  await migrateInProcess(created.adminUrl);
  const database = openByUrl(created.serviceUrl, options.connections ?? 5);
  resources.adopt(database, (opened) => opened.destroy());
  const reset = async () => {
    await user.query('DELETE FROM task');
    await user.query('DELETE FROM task_attempt');
    await user.query('UPDATE leader SET epoch = ?, holder = NULL, lock_name = NULL, acquired_at = NULL', [epoch]);
  };
  await reset();
  const owned = resources.move();
  const connect = async (url: string) => owned.adopt(await connectTo(url), (connection) => connection.destroy());
  return {
    store: createTaskStore(database),
    leaderStore: createLeaderStore(database),
    database,
    user,
    connect: () => connect(created.adminUrl),
    connectAsService: () => connect(created.serviceUrl),
    reset,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
