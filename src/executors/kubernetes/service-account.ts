import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a pod finds its service account: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
export const mountedAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the pod's own service account gives. */
export interface ServiceAccount {
  readonly token: string;
  readonly ca: Buffer;
}

/** Reads it afresh at each call: the kubelet replaces the token long before it expires. */
export async function readServiceAccount(folder: string): Promise<ServiceAccount> {
  const [token, ca] = await Promise.all([readFile(join(folder, 'token'), 'utf8'), readFile(join(folder, 'ca.crt'))]);
  return { token: token.trim(), ca };
}
