import { type ApiProxy, kubeconfigVia, startApiProxy } from '../../support/api-proxy.ts';
import type { NightwatchOptions } from '../../support/nightwatch-process.ts';
import type { RedisServer } from '../../support/redis.ts';
import { type Replica, startReplica } from '../../support/replicas.ts';
import type { Installation, RunningSystem } from '../../support/running-system.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { type Cables, startReplicaNetwork } from './replica-network.ts';

/** The network between one replica and each of its servers: what is done to it, this replica alone meets. */
export interface Ways {
  readonly database: TcpProxy;
  readonly redis: readonly TcpProxy[];
  /** Connections to the API server. */
  readonly api: TcpProxy;
  /** Requests to the API server, one by one; behind `api`. */
  readonly requests: ApiProxy;
}

/** A replica of nightwatch that reaches every server over a network of its own. */
export interface RoundReplica extends Replica {
  readonly ways: Ways;
  /** What lies before the ways where the round has cables. */
  readonly cables: Cables | undefined;
}

export interface RoundReplicaOptions {
  readonly system: RunningSystem;
  readonly installation: Installation;
  readonly redis: readonly RedisServer[];
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly program: Pick<NightwatchOptions, 'nodeArguments' | 'logFile'>;
  /** Whether it is in a network namespace of its own. */
  readonly hasCables: boolean;
}

/** Starts the network and the replica; what it has started belongs to `owner`, the network outliving the replica. */
export async function startRoundReplica(
  { system, installation, redis, name, settings, program, hasCables }: RoundReplicaOptions,
  owner: AsyncDisposableStack,
): Promise<RoundReplica> {
  const separate = hasCables ? await startReplicaNetwork(owner) : undefined;
  const cables = separate?.cables;
  const hosts = { database: cables?.database.here, redis: cables?.redis.here, api: cables?.api.here };
  const database = new URL(installation.database.serviceUrl);
  const requests = owner.use(await startApiProxy(system.cluster));
  const ways: Ways = {
    database: owner.use(await startTcpProxy(Number(database.port), hosts.database)),
    redis: await Promise.all(redis.map(async ({ port }) => owner.use(await startTcpProxy(port, hosts.redis)))),
    api: owner.use(await startTcpProxy(requests.port, hosts.api)),
    requests,
  };
  database.host = urlHostOf(ways.database);
  // Only on a loopback address is that what a server is spoken to in unless told.
  database.searchParams.set('tls', 'off');
  const options: Partial<NightwatchOptions> = {
    databaseUrl: database.href,
    redisUrls: ways.redis.map((way) => `redis://${urlHostOf(way)}`),
    kubeconfig: await kubeconfigVia(requests.kubeconfig, `https://${urlHostOf(ways.api)}`),
    settings,
    ...(separate && { network: separate.network }),
    ...program,
  };
  const replica = owner.use(await startReplica(installation, name, options));
  return { ...replica, ways, cables };
}

function urlHostOf({ host, port }: TcpProxy): string {
  return `${host}:${port}`;
}
