import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import type { Kubectl } from '../support/kubectl.ts';
import type { TestDatabase } from '../support/test-database.ts';
import type { Platform } from './platform.ts';

const chart = join(import.meta.dirname, '..', '..', 'deploy', 'helm', 'nightwatch');
const release = 'nightwatch';
const readyTimeout = '2m';

/** Values of the chart. */
export type Values = Readonly<Record<string, unknown>>;

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
export interface Installation extends AsyncDisposable {
  /** Where its pods are. */
  readonly namespace: string;
  readonly database: TestDatabase;
  /** A connection of somebody who may do everything in the database. */
  readonly user: Connection;
  /** Its settings by their names, beside those that are values of the chart. */
  readonly config: Values;
  /** Upgrades to an image, with further values; resolves when every replica is ready. */
  upgrade(image: string, values?: Values): Promise<void>;
  /** Goes back to the values before the last upgrade. */
  rollback(): Promise<void>;
  /** Asks every replica how it is, from inside the cluster; throws unless all are ready. */
  test(): Promise<void>;
  uninstall(): Promise<void>;
}

/** Installs the chart; resolves when the schema is there and every replica is ready. */
export async function install(platform: Platform, options: InstallOptions): Promise<Installation> {
  const { helm, kubectl, surroundings } = platform;
  await using resources = new AsyncDisposableStack();
  const namespace = await platform.createNamespace('nightwatch', {
    'pod-security.kubernetes.io/enforce': 'restricted',
  });
  const database = resources.use(await platform.createDatabase());
  const user = resources.adopt(await database.connect(), (connection) => connection.destroy());
  await options.beforeInstall?.(user);
  const objects = [secretOf(database, surroundings.redisUrl, options), ...(options.objects ?? [])];
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await kubectl(['create', '-f', '-', '-n', namespace], JSON.stringify(list));
  const place = ['-n', namespace];
  // One Redis serves many installations: each elects by a lock of its own.
  const config = { NIGHTWATCH_LOCK_NAME: database.name, ...options.config };
  const apply = async (verb: 'install' | 'upgrade', image: string, values: Values = {}) => {
    const file = join(platform.directory, `${namespace}.json`);
    // JSON is YAML too.
    await writeFile(
      file,
      JSON.stringify({ ...ownValues(image, options.namespaces), config, ...options.values, ...values }),
    );
    try {
      await helm.run([verb, release, chart, ...place, '--values', file, '--wait', '--timeout', readyTimeout]);
    } catch (cause) {
      throw new Error(`nightwatch did not become ready:\n${await describePods(kubectl, namespace)}`, { cause });
    }
  };
  const uninstall = async () => {
    await helm.run(['uninstall', release, ...place, '--ignore-not-found', '--wait']);
  };
  resources.defer(uninstall);
  await apply('install', surroundings.image);
  const owned = resources.move();
  return {
    namespace,
    database,
    user,
    config,
    upgrade: (image, values) => apply('upgrade', image, values),
    rollback: async () => {
      await helm.run(['rollback', release, ...place, '--wait', '--timeout', readyTimeout]);
    },
    test: async () => {
      await helm.run(['test', release, ...place]);
    },
    uninstall,
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

/** How the pods are, and what they have written last: why an installation has failed. */
async function describePods(kubectl: Kubectl, namespace: string): Promise<string> {
  const pods = await kubectl(['get', 'pods', '-n', namespace, '-o', 'wide']);
  const ours = ['-l', 'app.kubernetes.io/name=nightwatch', '--prefix', '--tail=10', '--ignore-errors'];
  return `${pods}${await kubectl(['logs', '-n', namespace, ...ours])}`;
}

function ownValues(image: string, namespaces: readonly string[]): Values {
  const [, repository, tag] = /^(.+):([^:/]+)$/.exec(image) ?? [];
  return { image: { repository, tag }, namespaces };
}
