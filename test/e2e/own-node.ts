import { randomBytes } from 'node:crypto';
import { laterVersionImage } from '../node/images/later-version-image.ts';
import { nightwatchImage } from '../node/images/nightwatch-image.ts';
import { type Node, startNode } from '../node/node.ts';
import { pushImage } from '../node/registry.ts';
import { startMariaDb } from '../support/mariadb.ts';
import { startRedis } from '../support/redis.ts';
import type { Surroundings } from './surroundings.ts';

const repository = 'example.com/nightwatch';

/** A node on this machine with all that the tests need, and how they are told of it. */
export interface OwnNode extends AsyncDisposable {
  readonly node: Node;
  readonly surroundings: Surroundings;
}

/** Starts a node, puts the images of nightwatch into its registry, and starts a database and a Redis that it reaches. */
export async function startOwnNode(): Promise<OwnNode> {
  const images = { '0.1.0': await nightwatchImage(), '0.2.0': await laterVersionImage() };
  await using resources = new AsyncDisposableStack();
  const node = resources.use(await startNode());
  const { machine, cluster } = node;
  const path = repository.slice(repository.indexOf('/') + 1);
  for (const [tag, layout] of Object.entries(images)) await pushImage(machine, layout, `${path}:${tag}`);
  const addresses = ['127.0.0.1', machine.hostAddress];
  const redisArguments = ['--bind', ...addresses, '--protected-mode', 'no'];
  const redis = resources.use(await startRedis({ extraArguments: redisArguments }));
  const bindAddress = `--bind-address=${addresses.join(',')}`;
  const database = resources.use(await startMariaDb({ extraArguments: [bindAddress] }));
  const password = randomBytes(12).toString('hex');
  await database.runAsRoot([
    `CREATE USER 'e2e'@'%' IDENTIFIED BY '${password}'`,
    "GRANT ALL PRIVILEGES ON *.* TO 'e2e'@'%' WITH GRANT OPTION",
  ]);
  const owned = resources.move();
  return {
    node,
    surroundings: {
      kubeconfig: cluster.adminKubeconfig,
      image: `${repository}:0.1.0`,
      nextImage: `${repository}:0.2.0`,
      // Between this machine and the one within it there is nobody to listen.
      databaseUrl: `mysql://e2e:${password}@${machine.hostAddress}:${database.port}?tls=off`,
      redisUrl: `redis://${machine.hostAddress}:${redis.port}`,
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
