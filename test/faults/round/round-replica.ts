import { type ApiProxy, kubeconfigVia, startApiProxy } from '../../support/api-proxy.ts';
import type { NightwatchOptions } from '../../support/nightwatch-process.ts';
import type { RedisServer } from '../../support/redis.ts';
import { type Replica, startReplica } from '../../support/replicas.ts';
import type { Installation, RunningSystem } from '../../support/running-system.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

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
}

export interface RoundReplicaOptions {
  readonly system: RunningSystem;
  readonly installation: Installation;
  readonly redis: readonly RedisServer[];
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly program: Pick<NightwatchOptions, 'nodeArguments' | 'logFile'>;
}

/** Starts the network and the replica; what it has started belongs to `owner`, the network outliving the replica. */
export async function startRoundReplica(
  { system, installation, redis, name, settings, program }: RoundReplicaOptions,
  owner: AsyncDisposableStack,
): Promise<RoundReplica> {
  const database = new URL(installation.database.serviceUrl);
  const requests = owner.use(await startApiProxy(system.cluster));
  const ways: Ways = {
    database: owner.use(await startTcpProxy(Number(database.port))),
    redis: await Promise.all(redis.map(async ({ port }) => owner.use(await startTcpProxy(port)))),
    api: owner.use(await startTcpProxy(requests.port)),
    requests,
  };
  database.port = String(ways.database.port);
  const options: Partial<NightwatchOptions> = {
    databaseUrl: database.href,
    redisUrls: ways.redis.map(({ port }) => `redis://127.0.0.1:${port}`),
    kubeconfig: await kubeconfigVia(requests.kubeconfig, `https://127.0.0.1:${ways.api.port}`),
    settings,
    ...program,
  };
  const replica = owner.use(await startReplica(installation, name, options));
  return { ...replica, ways };
}
