import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import type { KubeConfig as LoadedKubeConfig } from '@kubernetes/client-node';
import type { KubernetesAccess } from '../../config/kubernetes-access.ts';
import { mountedAccount, readServiceAccount } from './service-account.ts';

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
export async function loadKubeCredentials(
  access: KubernetesAccess,
  accountFolder = mountedAccount,
): Promise<KubeCredentials> {
  const where = access.source === 'kubeconfig' ? `kubeconfig ${access.path}` : 'the in-cluster service account';
  try {
    return access.source === 'kubeconfig'
      ? await readKubeconfig(access.path, where)
      : await readOwnAccount(access.server, accountFolder, where);
  } catch (error) {
    throw error instanceof KubeConfigError ? error : unusable(where, error);
  }
}

/**
 * Says why without a word of the file: the YAML library's messages show the lines around the fault, and those of a
 * credential plugin what it has printed, where tokens and keys stand.
 */
function unusable(where: string, error: unknown): KubeConfigError {
  const problem = (words: string, options?: ErrorOptions) =>
    new KubeConfigError(`${where} cannot be used: ${words}`, options);
  if (!(error instanceof Error)) return problem('it is no kubeconfig');
  // Of the file system, of a program that cannot be started or of an address: they name what they were about.
  if ('code' in error && typeof error.code === 'string') return problem(error.message, { cause: error });
  const mark = 'mark' in error && typeof error.mark === 'object' ? error.mark : null;
  if (mark !== null && 'line' in mark && 'column' in mark)
    return problem(`it is no YAML at line ${Number(mark.line) + 1}, column ${Number(mark.column) + 1}`);
  return problem(`it is no kubeconfig, or its credential plugin failed (${error.name})`);
}

async function readOwnAccount(address: string, folder: string, where: string): Promise<KubeCredentials> {
  const server = encryptingServer(address, where);
  const { token, ca } = await readServiceAccount(folder);
  return credentialsFor(server, { authorization: `Bearer ${token}` }, { ca, rejectUnauthorized: true });
}

async function readKubeconfig(path: string, where: string): Promise<KubeCredentials> {
  // Only here: it comes with some fifty modules, for which a start in a pod has no use.
  const { KubeConfig } = await import('./kube-config.ts');
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(path);
  return await readCredentials(kubeConfig, where);
}

async function readCredentials(kubeConfig: LoadedKubeConfig, where: string): Promise<KubeCredentials> {
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster?.server) throw new KubeConfigError(`${where} names no cluster in its current context`);
  const server = encryptingServer(cluster.server, where);
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
  return credentialsFor(server, headers, tls);
}

function encryptingServer(address: string, where: string): URL {
  const server = new URL(address);
  if (server.protocol !== 'https:')
    throw new KubeConfigError(`${where}: the server is ${server.protocol}//${server.host}, it must be https`);
  return server;
}

function credentialsFor(
  server: URL,
  headers: KubeCredentials['headers'],
  tls: KubeCredentials['tls'],
): KubeCredentials {
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
