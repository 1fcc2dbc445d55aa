import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** Where an API server is and how to be somebody there. */
export interface ApiAccess {
  /** `https://host:port` */
  readonly server: string;
  /** The authority that signed the server's certificate, as PEM. */
  readonly certificateAuthority: string;
  /** A bearer token. */
  readonly token: string;
}

/** Writes a kubeconfig file, readable by its owner only, and returns its path. */
export async function writeKubeconfig(path: string, access: ApiAccess): Promise<string> {
  const authority = Buffer.from(access.certificateAuthority).toString('base64');
  const cluster = { server: access.server, 'certificate-authority-data': authority };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token: access.token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  // JSON is YAML too.
  await writeFile(path, JSON.stringify(kubeconfig, undefined, 2), { mode: 0o600 });
  return path;
}

const kubeconfigFile = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

/** Reads what {@link writeKubeconfig} has written. */
export async function readKubeconfig(path: string): Promise<ApiAccess> {
  const { clusters, users } = kubeconfigFile.parse(JSON.parse(await readFile(path, 'utf8')));
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  return { server, certificateAuthority: Buffer.from(authority, 'base64').toString(), token: users[0].user.token };
}
