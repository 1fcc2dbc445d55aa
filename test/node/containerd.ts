import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RestartableServer } from '../support/restartable-server.ts';
import type { Machine } from './machine.ts';
import { registryAddress } from './registry.ts';

/** Where a kubelet finds it. */
export const containerdSocket = '/run/containerd/containerd.sock';
/** What keeps the namespaces of a pod together. */
export const pauseImageName = 'registry.k8s.io/pause:3.10';

/** Starts the container runtime of a machine, which pulls every image from the machine's own registry. */
export async function startContainerd(machine: Machine): Promise<RestartableServer> {
  const networks = join(machine.directory, 'cni');
  const registries = join(machine.directory, 'registries');
  const config = join(machine.directory, 'containerd.toml');
  await mkdir(networks);
  await mkdir(join(registries, '_default'), { recursive: true });
  await writeFile(join(networks, 'pods.conflist'), podNetwork(machine));
  await writeFile(join(registries, '_default', 'hosts.toml'), everyName);
  await writeFile(config, containerdConfig(networks, registries));
  return RestartableServer.start(() =>
    machine.start({
      name: 'containerd',
      command: 'containerd',
      args: ['--config', config],
      ready: { probe: async () => (await machine.run('ctr', ['version'])).stdout.includes('Server') },
    }),
  );
}

// Without `server` it would ask the host that an image's name begins with, when the registry does not have it.
const everyName = `
server = "http://${registryAddress}"
[host."http://${registryAddress}"]
  capabilities = ["pull", "resolve"]
`;

function containerdConfig(networks: string, registries: string): string {
  return `
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  # A machine whose root lacks CAP_SYS_RESOURCE may not lower the score, and no sandbox would start.
  restrict_oom_score_adj = true
  sandbox_image = "${pauseImageName}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${networks}"
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${registries}"
`;
}

/** A cable to each pod and no bridge: so what a pod sends to another one by a service comes back the same way. */
function podNetwork({ podNetwork: subnet }: Machine): string {
  const ipam = { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] };
  return JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins: [{ type: 'ptp', ipam }] });
}
