import { laterVersionImage } from '../node/images/later-version-image.ts';
import { nightwatchImage } from '../node/images/nightwatch-image.ts';
import { type Node, startNode } from '../node/node.ts';
import { pushImage } from '../node/registry.ts';
import { startServers } from './servers.ts';
import type { Surroundings } from './surroundings.ts';

// The node asks its own registry, whatever stands before the first slash.
const repository = 'nightwatch';

/** A node on this machine with all that the tests need, and how they are told of it. */
export interface OwnNode extends AsyncDisposable {
  readonly node: Node;
  readonly surroundings: Surroundings;
}

/** Starts a node, puts the images of nightwatch into its registry, and starts a database and a Redis that it reaches. */
export async function startOwnNode(): Promise<OwnNode> {
  const images = { '0.2.0': await nightwatchImage(), '0.3.0': await laterVersionImage() };
  await using resources = new AsyncDisposableStack();
  const node = resources.use(await startNode());
  for (const [tag, layout] of Object.entries(images)) await pushImage(node.machine, layout, `${repository}:${tag}`);
  const { addresses } = resources.use(await startServers(node.machine.hostAddress));
  const owned = resources.move();
  return {
    node,
    surroundings: {
      kubeconfig: node.cluster.adminKubeconfig,
      image: `example.com/${repository}:0.2.0`,
      nextImage: `example.com/${repository}:0.3.0`,
      ...addresses,
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
