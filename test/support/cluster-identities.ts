import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { type ApiAccess, writeKubeconfig } from './api-access.ts';
import type { Kubectl } from './kubectl.ts';

/** The namespace that nightwatch itself lives in. */
export const systemNamespace = 'nightwatch-system';

const deployFolder = join(import.meta.dirname, '..', '..', 'deploy');
const roleFiles = ['role.yaml', 'role-binding.yaml'].map((name) => join(deployFolder, name));
const policyFile = join(deployFolder, 'validating-admission-policy.yaml');
// A second run of the same tests on a user's own cluster finds its objects there already.
const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=nightwatch-test'];
// Longer than any test; the API server gives no shorter one than ten minutes.
const tokenDuration = '24h';

const currentCluster = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
});

/**
 * Writes a kubeconfig file for a service account of the system namespace and returns its path.
 * Namespace and account are made when they are missing; a new account may do nothing, and the policy that users deploy
 * limits what nightwatch's can create.
 */
export async function createIdentity(kubectl: Kubectl, account: string, directory: string): Promise<string> {
  const objects = manifests([aNamespace(systemNamespace), aServiceAccount(account)]);
  await kubectl([...apply, '-f', '-', '-f', policyFile], objects);
  const token = await kubectl(['create', 'token', account, '-n', systemNamespace, `--duration=${tokenDuration}`]);
  const path = join(directory, `${account}-${randomBytes(4).toString('hex')}.kubeconfig`);
  return writeKubeconfig(path, { ...(await addressOfServer(kubectl)), token: token.trim() });
}

/**
 * Lets nightwatch work in a namespace, which is made if it is missing, by the Role and RoleBinding that users deploy.
 * Resolves when pods can be created there.
 */
export async function allowNamespace(kubectl: Kubectl, namespace: string): Promise<void> {
  const files = ['-', ...roleFiles].flatMap((file) => ['-f', file]);
  await kubectl([...apply, '-n', namespace, ...files], manifests([aNamespace(namespace)]));
  // A Job whose pods are refused for want of this account is tried again only after many seconds.
  await kubectl(['wait', '--for=create', '--timeout=30s', '-n', namespace, 'serviceaccount/default']);
}

async function addressOfServer(kubectl: Kubectl): Promise<Omit<ApiAccess, 'token'>> {
  const view = await kubectl(['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json']);
  const { cluster } = currentCluster.parse(JSON.parse(view)).clusters[0];
  const certificateAuthority = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  return { server: cluster.server, certificateAuthority };
}

function aNamespace(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function aServiceAccount(name: string) {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: systemNamespace } };
}

function manifests(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
