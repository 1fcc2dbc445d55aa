import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { KubernetesAccess } from '../../config/kubernetes-access.ts';

/** What a connection to the API server needs. */
export interface KubeCredentials {
  readonly origin: string;
  /** Path before `/apis`, without a slash at its end; empty for nearly everybody. */
  readonly basePath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
    readonly servername?: string;
    readonly rejectUnauthorized: boolean;
  };
  /** Changes with the CA, the client certificate or the server: connections made before must be replaced. */
  readonly fingerprint: string;
}

/** The cluster's configuration cannot be used; the message says which and why. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError';
}

/**
 * Reads server, CA and identity afresh at each call: tokens and certificates are rotated under a running process.
 *
 * @throws {KubeConfigError} when the file cannot be read or names no cluster
 */
export async function loadKubeCredentials(access: KubernetesAccess): Promise<KubeCredentials> {
  const where = access.source === 'kubeconfig' ? `kubeconfig ${access.path}` : 'the in-cluster service account';
  try {
    const kubeConfig = new KubeConfig();
    if (access.source === 'kubeconfig') kubeConfig.loadFromFile(access.path);
    else kubeConfig.loadFromCluster();
    return await readCredentials(kubeConfig, where);
  } catch (error) {
    if (error instanceof KubeConfigError) throw error;
    throw new KubeConfigError(`${where} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function readCredentials(kubeConfig: KubeConfig, where: string): Promise<KubeCredentials> {
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster?.server) throw new KubeConfigError(`${where} names no cluster in its current context`);
  const server = new URL(cluster.server);
  if (server.protocol !== 'https:')
    throw new KubeConfigError(`${where}: the server is ${cluster.server}, it must be https`);
  const options: RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(options);
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const tls = {
    ...(Buffer.isBuffer(options.ca) && { ca: options.ca }),
    ...(Buffer.isBuffer(options.cert) && { cert: options.cert }),
    ...(Buffer.isBuffer(options.key) && { key: options.key }),
    ...(options.servername !== undefined && { servername: options.servername }),
    rejectUnauthorized: options.rejectUnauthorized !== false,
  };
  const fingerprint = createHash('sha256').update(server.origin);
  for (const part of [tls.ca, tls.cert, tls.key]) fingerprint.update(part ?? '').update('\0');
  return {
    origin: server.origin,
    basePath: server.pathname.replace(/\/$/, ''),
    headers,
    tls,
    fingerprint: fingerprint.digest('hex'),
  };
}
