import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ControlPlaneFiles, nodeName } from '../support/control-plane-files.ts';
import { RestartableServer } from '../support/restartable-server.ts';
import { containerdSocket } from './containerd.ts';
import type { ControlGroup } from './control-group.ts';
import type { Machine } from './machine.ts';

/** Starts the kubelet of a machine; the node is ready some seconds later. */
export async function startKubelet(
  program: string,
  machine: Machine,
  group: ControlGroup,
  files: ControlPlaneFiles,
): Promise<RestartableServer> {
  const config = join(machine.directory, 'kubelet.json');
  await writeFile(config, JSON.stringify(configuration(machine, group, files)));
  const flags = [
    `--config=${config}`,
    `--kubeconfig=${files.kubeletKubeconfig}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${machine.address}`,
    `--cert-dir=${join(machine.directory, 'kubelet-certificates')}`,
  ];
  return RestartableServer.start(() =>
    machine.start({
      name: 'kubelet',
      command: program,
      args: ['kubelet', ...flags],
      ready: { logLine: /Started kubelet/ },
    }),
  );
}

function configuration(machine: Machine, group: ControlGroup, files: ControlPlaneFiles) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: files.certificateAuthority },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: group.path,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    // The disk and the memory are those of the whole machine: how full they are says nothing about the tests.
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    clusterDNS: [machine.address],
    clusterDomain: 'cluster.local',
    resolvConf: '',
    maxPods: 250,
    registryPullQPS: 0,
    serializeImagePulls: false,
  };
}
