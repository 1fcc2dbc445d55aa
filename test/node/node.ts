import { type Cluster, startCluster } from '../support/cluster.ts';
import { clusterBinary } from '../support/cluster-binary.ts';
import { nodeName } from '../support/control-plane-files.ts';
import { ensurePackages } from '../support/debian-packages.ts';
import type { RestartableServer } from '../support/restartable-server.ts';
import { pauseImageName, startContainerd } from './containerd.ts';
import { createControlGroup } from './control-group.ts';
import { dnsProgram, startDns } from './dns.ts';
import { busyboxImage, pauseImage } from './images/small-images.ts';
import { startKubeProxy } from './kube-proxy.ts';
import { startKubelet } from './kubelet.ts';
import { type Machine, startMachine } from './machine.ts';
import { pushImage, startRegistry } from './registry.ts';

/** A Kubernetes with a real node, whose pods run containers; gone without a trace at its disposal. */
export interface Node extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly machine: Machine;
  readonly kubelet: RestartableServer;
  readonly containerd: RestartableServer;
}

const packages = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'nftables',
  'conntrack',
  'docker-registry',
  'skopeo',
];

/** Starts a control plane, a machine within this one, and on that a node; resolves when the node is ready. */
export async function startNode(): Promise<Node> {
  await ensurePackages(packages);
  const [program, dns] = [await clusterBinary(), await dnsProgram()];
  await using resources = new AsyncDisposableStack();
  const group = resources.use(await createControlGroup());
  const machine = resources.use(await startMachine());
  const cluster = resources.use(await startCluster({ scheduler: true, addressForNodes: machine.hostAddress }));
  const { files } = cluster.controlPlane;
  const [containerd] = await Promise.all([startContainerd(machine), startFilledRegistry(machine)]);
  const [kubelet] = await Promise.all([
    startKubelet(program, machine, group, files),
    startKubeProxy(program, machine, files),
    startDns(dns, machine, files),
  ]);
  await cluster.kubectl(['wait', '--for=create', '--timeout=30s', `node/${nodeName}`]);
  await cluster.kubectl(['wait', '--for=condition=Ready', '--timeout=30s', `node/${nodeName}`]);
  const owned = resources.move();
  return { cluster, machine, kubelet, containerd, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function startFilledRegistry(machine: Machine): Promise<void> {
  await startRegistry(machine);
  await pushImage(machine, await pauseImage(), pauseImageName.replace(/^[^/]*\//, ''));
  const busybox = await busyboxImage();
  for (const name of ['busybox', 'alpine']) await pushImage(machine, busybox, `library/${name}:latest`);
}
