import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { type Cluster, startCluster } from './cluster.ts';
import type { ControlPlaneOptions } from './control-plane.ts';
import { type Flavour, startDatabase } from './database.ts';
import type { DatabaseServer } from './database-server.ts';
import { migrateInProcess } from './migrate-in-process.ts';
import { type NightwatchOptions, type NightwatchProcess, startNightwatch } from './nightwatch-process.ts';
import { startPodPlayer } from './pod-player.ts';
import { type RedisServer, startRedis } from './redis.ts';
import type { TestDatabase } from './test-database.ts';

/** Everything that nightwatch needs, started once for all the tests of a file. */
export interface RunningSystem extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly redis: RedisServer;
  /** The server of a flavour, started when it is first asked for. */
  databaseServer(flavour: Flavour): Promise<DatabaseServer>;
  /** Makes a namespace with a name of its own in which nightwatch may create Jobs; returns the name. */
  createNamespace(): Promise<string>;
  /** Makes an installation of its own: database, namespace, lock. No replica of it runs yet. */
  prepare(flavour: Flavour, options?: PrepareOptions): Promise<Installation>;
  /** As `prepare`, and starts a replica, which leads when this resolves. */
  install(flavour: Flavour, options?: InstallOptions): Promise<RunningInstallation>;
}

export interface PrepareOptions {
  /** One of its own unless told; these are taken as they are, allowed or not. */
  readonly namespaces?: readonly string[];
  /** What a user has done to the database before it is migrated. */
  readonly beforeMigrate?: (user: Connection) => Promise<void>;
  /** False to leave the database empty. */
  readonly migrated?: boolean;
}

export interface InstallOptions extends PrepareOptions {
  /** Settings of the replica by their names. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A database and the namespaces that belong to it. Disposal ends its replicas and drops the database. */
export interface Installation extends AsyncDisposable {
  readonly database: TestDatabase;
  /** A connection of somebody who may do everything in the database: users, and what tests look at. */
  readonly user: Connection;
  readonly namespaces: readonly string[];
  /** The first one of them. */
  readonly namespace: string;
  /** Opens another such connection, closed with the installation. */
  connect(): Promise<Connection>;
  /** Starts a replica; resolves when it leads unless told. */
  start(options?: Partial<NightwatchOptions>): Promise<NightwatchProcess>;
}

export interface RunningInstallation extends Installation {
  readonly nightwatch: NightwatchProcess;
}

/** Starts a cluster, the stand-in for its nodes, and a Redis; databases follow when they are asked for. */
export async function startSystem(options: ControlPlaneOptions = {}): Promise<RunningSystem> {
  await using started = new AsyncDisposableStack();
  const [cluster, redis] = await Promise.all([startCluster(options), startRedis()]);
  started.use(cluster);
  started.use(redis);
  started.use(await startPodPlayer(cluster));
  const kubeconfig = await cluster.kubeconfigFor();
  const servers = new Map<Flavour, Promise<DatabaseServer>>();
  const owned = started.move();
  const databaseServer = (flavour: Flavour) => {
    const known = servers.get(flavour) ?? startDatabase(flavour).then((server) => owned.use(server));
    servers.set(flavour, known);
    return known;
  };
  const createNamespace = async () => {
    const namespace = `test-${randomBytes(4).toString('hex')}`;
    await cluster.allowNamespace(namespace);
    return namespace;
  };
  const prepare = async (flavour: Flavour, given: PrepareOptions = {}) => {
    const server = await databaseServer(flavour);
    const namespaces = given.namespaces ?? [await createNamespace()];
    return prepareInstallation({ server, namespaces, redis, kubeconfig }, given);
  };
  return {
    cluster,
    redis,
    databaseServer,
    createNamespace,
    prepare,
    async install(flavour, given = {}) {
      await using resources = new AsyncDisposableStack();
      const installation = resources.use(await prepare(flavour, given));
      const nightwatch = await installation.start(given.settings ? { settings: given.settings } : {});
      resources.move();
      return { ...installation, nightwatch };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Surroundings {
  readonly server: DatabaseServer;
  readonly namespaces: readonly string[];
  readonly redis: RedisServer;
  readonly kubeconfig: string;
}

async function prepareInstallation(
  { server, namespaces, redis, kubeconfig }: Surroundings,
  { beforeMigrate, migrated = true }: PrepareOptions,
): Promise<Installation> {
  await using resources = new AsyncDisposableStack();
  const database = resources.use(await server.createDatabase());
  const connectWith = async (owner: AsyncDisposableStack) =>
    owner.adopt(await database.connect(), (connection) => connection.destroy());
  const user = await connectWith(resources);
  await beforeMigrate?.(user);
  if (migrated) await migrateInProcess(database.adminUrl);
  const replica = { databaseUrl: database.serviceUrl, redisUrls: [redis.url], kubeconfig, namespaces };
  // One Redis serves many installations: each elects by a lock of its own.
  const lock = { NIGHTWATCH_LOCK_NAME: database.name };
  const owned = resources.move();
  return {
    database,
    user,
    namespaces,
    namespace: namespaces[0] ?? '',
    connect: () => connectWith(owned),
    async start(options = {}) {
      const settings = { ...lock, ...options.settings };
      return owned.use(await startNightwatch({ ...replica, ...options, settings }));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
