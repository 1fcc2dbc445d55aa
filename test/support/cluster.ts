import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeKubeconfig } from './api-access.ts';
import { type AuditEntry, isWrite, parseAuditLog } from './audit-log.ts';
import { clusterBinary } from './cluster-binary.ts';
import { allowNamespace, createIdentity } from './cluster-identities.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { scratchDirectory } from './scratch.ts';

const defaultAccount = 'nightwatch';

/** A Kubernetes for tests: a control plane of our own, or the one that the user has named. */
export interface Cluster extends AsyncDisposable {
  /** It is the user's own: real nodes run its pods, and it has neither processes of ours nor an audit log to read. */
  readonly external: boolean;
  /** Path of the administrator's kubeconfig file. */
  readonly adminKubeconfig: string;
  /** As the administrator. */
  readonly kubectl: Kubectl;
  /** Its processes; throws an ExternalClusterError when the cluster is external. */
  readonly controlPlane: ControlPlane;
  /** Writes a kubeconfig file for a service account of `nightwatch-system`, `nightwatch` unless told; returns its path. */
  kubeconfigFor(serviceAccount?: string): Promise<string>;
  /** Makes the namespace if it is missing, and gives `nightwatch` there what the deployed Role gives. */
  allowNamespace(namespace: string): Promise<void>;
  /** Reads which requests have changed Jobs so far; throws an ExternalClusterError when the cluster is external. */
  auditedJobWrites(): Promise<readonly AuditEntry[]>;
  /** As `auditedJobWrites`, with the requests that only read; a watch is listed when it has ended. */
  auditedJobRequests(): Promise<readonly AuditEntry[]>;
}

/** A test asked an external cluster for what only a cluster of our own has: it should have been skipped. */
export class ExternalClusterError extends Error {
  override readonly name = 'ExternalClusterError';
}

/**
 * Starts a control plane of our own, or uses the cluster of the kubeconfig file that NIGHTWATCH_TEST_KUBECONFIG names.
 * The first start on a machine builds the program. Disposal ends the processes and removes all files, and leaves in an
 * external cluster what tests have made there.
 */
export async function startCluster(options: ControlPlaneOptions = {}): Promise<Cluster> {
  const program = await clusterBinary();
  await using started = new AsyncDisposableStack();
  const { path: directory } = started.use(await scratchDirectory('cluster'));
  // A node of our own can only belong to a control plane of our own.
  const named = options.addressForNodes ? undefined : process.env.NIGHTWATCH_TEST_KUBECONFIG;
  const own = named ? undefined : started.use(await startControlPlane(program, directory, options));
  const adminKubeconfig = own ? await writeKubeconfig(join(directory, 'admin.kubeconfig'), own.access) : (named ?? '');
  const cacheDirectory = join(directory, 'kubectl-cache');
  const kubectl = createKubectl({ program, kubeconfig: adminKubeconfig, cacheDirectory });
  const controlPlane = () => {
    if (own) return own;
    throw new ExternalClusterError('the cluster of NIGHTWATCH_TEST_KUBECONFIG has no processes or audit log of ours');
  };
  const auditedJobRequests = async () => parseAuditLog(await readFile(controlPlane().files.auditLog, 'utf8'));
  const parts = started.move();
  return {
    external: own === undefined,
    adminKubeconfig,
    kubectl,
    get controlPlane() {
      return controlPlane();
    },
    kubeconfigFor: (serviceAccount = defaultAccount) => createIdentity(kubectl, serviceAccount, directory),
    allowNamespace: (namespace) => allowNamespace(kubectl, namespace),
    auditedJobWrites: async () => (await auditedJobRequests()).filter(isWrite),
    auditedJobRequests,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
