import { type ControlPlaneFiles, nodeName } from '../support/control-plane-files.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { Machine } from './machine.ts';

/** Starts what leads the addresses of services to their pods. */
export function startKubeProxy(program: string, machine: Machine, files: ControlPlaneFiles): Promise<ServerProcess> {
  return machine.start({
    name: 'kube-proxy',
    command: program,
    args: [
      'kube-proxy',
      `--kubeconfig=${files.proxyKubeconfig}`,
      `--hostname-override=${nodeName}`,
      `--bind-address=${machine.address}`,
      `--cluster-cidr=${machine.podNetwork}`,
      '--proxy-mode=nftables',
      ...leaveConnectionTracking,
    ],
    ready: { logLine: /Caches are synced/ },
  });
}

// These are of the whole kernel.
const leaveConnectionTracking = [
  '--conntrack-max-per-core=0',
  '--conntrack-min=0',
  '--conntrack-tcp-timeout-established=0',
  '--conntrack-tcp-timeout-close-wait=0',
];
