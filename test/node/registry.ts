import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerProcess } from '../support/server-process.ts';
import type { Machine } from './machine.ts';

/** Within a machine, and only there. */
export const registryAddress = '127.0.0.1:5000';

/** Starts a registry of images in a machine, empty. */
export async function startRegistry(machine: Machine): Promise<ServerProcess> {
  const config = join(machine.directory, 'registry.json');
  const storage = { filesystem: { rootdirectory: '/var/lib/registry' } };
  // JSON is YAML too.
  await writeFile(config, JSON.stringify({ version: '0.1', storage, http: { addr: registryAddress } }));
  return machine.start({
    name: 'registry',
    command: 'docker-registry',
    args: ['serve', config],
    ready: { logLine: /listening on/ },
  });
}

/** Puts an image, kept as an OCI layout, into the registry of a machine, under a name such as `library/busybox:latest`. */
export async function pushImage(machine: Machine, layout: string, name: string): Promise<void> {
  const to = `docker://${registryAddress}/${name}`;
  const flags = ['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false'];
  await machine.run('skopeo', [...flags, `oci:${layout}`, to]);
}
