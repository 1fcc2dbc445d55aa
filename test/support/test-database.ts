import { randomBytes } from 'node:crypto';
import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2/promise';

const connectTimeoutMs = 5000;
const unknownThreadErrno = 1094;

/** A schema of its own on a running server, dropped on disposal. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** `mysql://…` of a user who may do everything in this schema: migrations, and what users do. */
  readonly adminUrl: string;
  /** `mysql://…` of a user with SELECT and UPDATE, and INSERT on `task_attempt`, only: what the running service gets. */
  readonly serviceUrl: string;
  /** Opens a connection as the admin, in UTC; big integers and dates arrive as strings. */
  connect(): Promise<Connection>;
}

/** Opens a connection by URL with the settings under which no value changes on its way: UTC, strings for what is lossy. */
export async function connectTo(url: string): Promise<Connection> {
  const connection = await createConnection({
    uri: url,
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    connectTimeout: connectTimeoutMs,
  });
  await connection.query("SET time_zone = '+00:00'");
  return connection;
}

/** How to be the user who may do everything on a server, and where others find that server. */
export interface RootAccess {
  readonly login: Pick<ConnectionOptions, 'socketPath' | 'host' | 'port' | 'user' | 'password'>;
  readonly host: string;
  readonly port: number;
  /** Ends the addresses that nightwatch is given, such as `?tls=off`. */
  readonly parameters?: string;
}

/** Creates a schema and its two users; the schema's name begins with the given one and is unique. */
export async function createTestDatabase(root: RootAccess, namePrefix: string): Promise<TestDatabase> {
  const suffix = randomBytes(4).toString('hex');
  const name = `${namePrefix}_${suffix}`;
  const admin = anAccount(`admin_${suffix}`);
  const service = anAccount(`service_${suffix}`);
  await asRoot(root, [
    `CREATE DATABASE ${quoted(name)}`,
    ...creationOf(admin, 'ALL PRIVILEGES', name),
    ...creationOf(service, 'SELECT, UPDATE', name),
    // The table is still to be made, and only who may make it can be given a right on it.
    `GRANT CREATE, INSERT ON ${quoted(name)}.task_attempt TO '${service.user}'@'%'`,
    `REVOKE CREATE ON ${quoted(name)}.task_attempt FROM '${service.user}'@'%'`,
  ]);
  const urlFor = ({ user, password }: Account) => `mysql://${user}:${password}@${root.host}:${root.port}/${name}`;
  const adminUrl = urlFor(admin);
  const { parameters = '' } = root;
  return {
    name,
    adminUrl: `${adminUrl}${parameters}`,
    serviceUrl: `${urlFor(service)}${parameters}`,
    connect: () => connectTo(adminUrl),
    [Symbol.asyncDispose]: () => dropTestDatabase(root, name, [admin, service]),
  };
}

interface Account {
  readonly user: string;
  readonly password: string;
}

function anAccount(user: string): Account {
  return { user, password: randomBytes(12).toString('hex') };
}

function creationOf({ user, password }: Account, privileges: string, schema: string): readonly string[] {
  // In a GRANT an underscore of the schema's name is a wildcard.
  const pattern = quoted(schema).replaceAll('_', '\\_');
  return [
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT ${privileges} ON ${pattern}.* TO '${user}'@'%'`,
  ];
}

async function dropTestDatabase(root: RootAccess, name: string, accounts: readonly Account[]): Promise<void> {
  await using connection = await connectUnlessGone(root);
  // Everything went with the server.
  if (connection === undefined) return;
  for (const { user } of accounts) await connection.query(`DROP USER IF EXISTS '${user}'@'%'`);
  await endTransactionsIn(connection, name);
  await connection.query(`DROP DATABASE IF EXISTS ${quoted(name)}`);
}

/** A transaction that was forgotten would make DROP DATABASE wait for its end. */
async function endTransactionsIn(connection: Connection, schema: string): Promise<void> {
  const [sessions] = await connection.query<RowDataPacket[]>(
    `SELECT session.ID AS id FROM information_schema.PROCESSLIST session
     JOIN information_schema.INNODB_TRX open_transaction ON open_transaction.trx_mysql_thread_id = session.ID
     WHERE session.DB = ?`,
    [schema],
  );
  for (const session of sessions) await killSession(connection, Number(session.id));
}

async function killSession(connection: Connection, id: number): Promise<void> {
  try {
    await connection.query(`KILL ${id}`);
  } catch (error) {
    // It has ended by itself in the meantime.
    if ((error as { errno?: number }).errno !== unknownThreadErrno) throw error;
  }
}

/** Executes statements one by one as the user who may do everything on the server. */
export async function asRoot(root: RootAccess, statements: readonly string[]): Promise<void> {
  await using connection = await connectAsRoot(root);
  for (const statement of statements) await connection.query(statement);
}

async function connectUnlessGone(root: RootAccess): Promise<Connection | undefined> {
  try {
    return await connectAsRoot(root);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return undefined;
    throw error;
  }
}

function connectAsRoot({ login }: RootAccess): Promise<Connection> {
  return createConnection({ ...login, connectTimeout: connectTimeoutMs });
}

function quoted(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}
