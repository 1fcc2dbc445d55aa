import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { DatabaseServer } from '../../test/support/database-server.ts';
import { migrateInProcess } from '../../test/support/migrate-in-process.ts';
import type { TestDatabase } from '../../test/support/test-database.ts';

/** Where a subject works: a database and a namespace of its own, so that runs have nothing in common. */
export interface Place extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly installationId: string;
  readonly namespace: string;
  /** Further namespaces in which nightwatch may create Jobs. */
  readonly otherNamespaces?: readonly string[];
  /** Of nightwatch's service account. */
  readonly kubeconfig: string;
  /** Somebody who may do everything in the database: users, and what the benchmark looks at. */
  readonly user: Connection;
  /** Opens another such connection, closed with the place. */
  connect(): Promise<Connection>;
}

export interface PlaceOptions {
  readonly server: DatabaseServer;
  readonly namespace: string;
  readonly otherNamespaces?: readonly string[];
  readonly kubeconfig: string;
}

/** Makes a migrated database for a namespace. */
export async function preparePlace({ server, ...where }: PlaceOptions): Promise<Place> {
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await server.createDatabase('bench'));
  await migrateInProcess(database.adminUrl);
  const connectWith = async (owner: AsyncDisposableStack) =>
    owner.adopt(await database.connect(), (connection) => connection.destroy());
  const user = await connectWith(resources);
  const [rows] = await user.query<RowDataPacket[]>('SELECT installation_id FROM installation');
  const owned = resources.move();
  return {
    ...where,
    database,
    installationId: String(rows[0]?.installation_id),
    user,
    connect: () => connectWith(owned),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
