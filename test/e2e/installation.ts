import type { Connection } from 'mysql2/promise';
import type { TestDatabase } from '../support/test-database.ts';
import type { Platform } from './platform.ts';
import { createRelease, type Release, type Values } from './release.ts';

export interface InstallOptions {
  /** The namespaces that tasks may run in; they exist. */
  readonly namespaces: readonly string[];
  /** Settings of the service by their names. */
  readonly config?: Values;
  /** Further values of the chart. */
  readonly values?: Values;
  /** How the database is called and spoken to, instead of by the URL of the surroundings. */
  readonly databaseUrl?: (given: URL) => URL;
  /** Another Redis than that of the surroundings. */
  readonly redisUrl?: string;
  /** Further objects that are there before it, in its namespace. */
  readonly objects?: readonly object[];
  /** What a user does to the database before there is any nightwatch. */
  readonly beforeInstall?: (user: Connection) => Promise<void>;
}

/** nightwatch as its users install it: by Helm, in a namespace and with a database of its own. */
export interface Installation extends Pick<Release, 'rollback' | 'test'>, AsyncDisposable {
  /** Where its pods are. */
  readonly namespace: string;
  /** A connection of somebody who may do everything in the database. */
  readonly user: Connection;
  /** Its settings by their names, beside those that are values of the chart. */
  readonly config: Values;
  /** Upgrades to an image, with further values; resolves when every replica is ready. */
  upgrade(image: string, values?: Values): Promise<void>;
}

/** Installs the chart; resolves when the schema is there and every replica is ready. */
export async function install(platform: Platform, options: InstallOptions): Promise<Installation> {
  const { kubectl, surroundings } = platform;
  await using resources = new AsyncDisposableStack();
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const namespace = await platform.createNamespace('nightwatch', restricted);
  const database = resources.use(await platform.createDatabase());
  const user = resources.adopt(await database.connect(), (connection) => connection.destroy());
  await options.beforeInstall?.(user);
  const items = [secretOf(database, surroundings.redisUrl, options), ...(options.objects ?? [])];
  await kubectl(['create', '-f', '-', '-n', namespace], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  // One Redis serves many installations: each elects by a lock of its own.
  const config = { NIGHTWATCH_LOCK_NAME: database.name, ...options.config };
  const own = { namespaces: options.namespaces, config, ...options.values };
  const release = createRelease(platform, namespace);
  resources.defer(release.uninstall);
  await release.apply('install', surroundings.image, own);
  const owned = resources.move();
  return {
    namespace,
    user,
    config,
    upgrade: (image, values = {}) => release.apply('upgrade', image, { ...own, ...values }),
    rollback: release.rollback,
    test: release.test,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The Secret that the chart and the manifests ask for. */
export function secretOf(
  database: TestDatabase,
  defaultRedisUrl: string,
  { databaseUrl = (given) => given, redisUrl = defaultRedisUrl }: Partial<InstallOptions> = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'nightwatch' },
    stringData: {
      'database-url': databaseUrl(new URL(database.serviceUrl)).href,
      'migration-database-url': databaseUrl(new URL(database.adminUrl)).href,
      'redis-urls': redisUrl,
    },
  };
}
