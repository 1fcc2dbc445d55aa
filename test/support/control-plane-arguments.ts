import { join } from 'node:path';
import type { ControlPlaneFiles } from './control-plane-files.ts';

/** Ports on 127.0.0.1. */
export interface ControlPlanePorts {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
}

// What a Job, its namespace and its quota need; each controller less saves start-up time, memory and requests.
const controllers = [
  'clusterrole-aggregation-controller',
  'garbage-collector-controller',
  'job-controller',
  'namespace-controller',
  'resourcequota-controller',
  'serviceaccount-controller',
  'ttl-after-finished-controller',
];

export function etcdArguments(files: ControlPlaneFiles, ports: ControlPlanePorts): readonly string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--data-dir=${join(files.directory, 'etcd')}`,
    // A kill of the process loses nothing, and no test takes away the machine's power.
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // It has no rivals to wait for.
    '--heartbeat-interval=10',
    '--election-timeout=100',
  ];
}

export function apiServerArguments(
  files: ControlPlaneFiles,
  ports: ControlPlanePorts,
  addressForNodes?: string,
): readonly string[] {
  const file = (name: string) => join(files.directory, name);
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    ...(addressForNodes ? servingNodes(files, addressForNodes) : servingNobodyElse),
    `--secure-port=${ports.apiServer}`,
    `--tls-cert-file=${file('apiserver.crt')}`,
    `--tls-private-key-file=${file('apiserver.key')}`,
    `--client-ca-file=${files.certificateAuthority}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('service-account.pub')}`,
    `--service-account-signing-key-file=${file('service-account.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    // Otherwise an orderly end waits for watches over HTTP/1.1, and they have none.
    '--shutdown-watch-termination-grace-period=1s',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    // A request is in the log before its answer is out; and the log stays one file.
    '--audit-log-mode=blocking',
    '--audit-log-maxsize=100000',
  ];
}

const servingNobodyElse = [
  '--bind-address=127.0.0.1',
  // Nobody looks for this server by the service `kubernetes`, and loopback would be refused as its address there.
  '--endpoint-reconciler-type=none',
];

function servingNodes({ directory }: ControlPlaneFiles, address: string): readonly string[] {
  return [
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    // For logs and exec.
    `--kubelet-client-certificate=${join(directory, 'kubelet-client.crt')}`,
    `--kubelet-client-key=${join(directory, 'kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

export function controllerManagerArguments(files: ControlPlaneFiles, addressForNodes?: string): readonly string[] {
  return [
    `--kubeconfig=${files.controllerKubeconfig}`,
    `--controllers=${addressForNodes ? '*' : controllers.join(',')}`,
    // Pods are given it, to know the API server by.
    `--root-ca-file=${files.certificateAuthority}`,
    '--leader-elect=false',
    '--secure-port=0',
    // The defaults (20, 30 and 5) finish three Jobs a second.
    '--kube-api-qps=2000',
    '--kube-api-burst=4000',
    '--concurrent-job-syncs=20',
  ];
}

export function schedulerArguments(files: ControlPlaneFiles): readonly string[] {
  return [
    `--kubeconfig=${files.controllerKubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=2000',
    '--kube-api-burst=4000',
  ];
}
