import type { NetworkCable } from '../../support/network-cable.ts';
import { startNetworkNamespace, type TcpCounts } from '../../support/network-namespace.ts';
import type { NightwatchOptions } from '../../support/nightwatch-process.ts';

/** The cables between a replica in a network namespace and its servers: what is lost on one is lost to that server. */
export interface Cables {
  readonly database: NetworkCable;
  /** To all Redis servers. */
  readonly redis: NetworkCable;
  readonly api: NetworkCable;
  /** What the kernel has counted of the replica's connections. */
  countTcp(): Promise<TcpCounts>;
}

/** A network namespace for one replica, in which it is asked how it is by a cable of its own, which nothing cuts. */
export async function startReplicaNetwork(
  owner: AsyncDisposableStack,
): Promise<{ readonly cables: Cables; readonly network: NonNullable<NightwatchOptions['network']> }> {
  const namespace = owner.use(await startNetworkNamespace());
  const { enter, countTcp } = namespace;
  const [database, redis, api, asked] = await Promise.all([
    namespace.layCable(),
    namespace.layCable(),
    namespace.layCable(),
    namespace.layCable(),
  ]);
  return { cables: { database, redis, api, countTcp }, network: { enter, address: asked.inside } };
}
