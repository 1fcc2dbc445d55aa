import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlaneFiles } from '../support/control-plane-files.ts';
import { goProgram } from '../support/go-program.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { Machine } from './machine.ts';

/** Returns the path of CoreDNS with the few plug-ins that services need; builds it on first use. */
export function dnsProgram(): Promise<string> {
  const module = join(import.meta.dirname, '..', 'dns');
  return goProgram({ name: 'nightwatch-dns', module, firstBuildTakes: 'a minute' });
}

/** Starts what pods ask for the addresses of services. */
export async function startDns(program: string, machine: Machine, files: ControlPlaneFiles): Promise<ServerProcess> {
  const config = join(machine.directory, 'Corefile');
  await writeFile(config, corefile(machine, files));
  return machine.start({
    name: 'dns',
    command: program,
    args: ['-conf', config],
    ready: { logLine: /^CoreDNS-/m },
  });
}

function corefile({ address }: Machine, { controllerKubeconfig }: ControlPlaneFiles): string {
  return `. {
  bind ${address}
  errors
  cache 5
  kubernetes cluster.local {
    kubeconfig ${controllerKubeconfig}
  }
}
`;
}
