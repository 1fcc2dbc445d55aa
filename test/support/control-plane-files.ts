import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiAccess, writeKubeconfig } from './api-access.ts';
import { type AuditLevel, auditPolicy } from './audit-log.ts';
import { runCommand } from './run-command.ts';

/** The files of a control plane, all in one directory. */
export interface ControlPlaneFiles {
  readonly directory: string;
  readonly auditLog: string;
  readonly auditPolicy: string;
  readonly tokens: string;
  readonly controllerKubeconfig: string;
  readonly kubeletKubeconfig: string;
  readonly proxyKubeconfig: string;
  /** Made by the program's `certificates` component, with the keys that belong to them. */
  readonly certificateAuthority: string;
}

/** The one node that such a control plane knows how to let in. */
export const nodeName = 'nightwatch-node';

/** Names the files of the control plane that lives in a directory. */
export function controlPlaneFiles(directory: string): ControlPlaneFiles {
  return {
    directory,
    auditLog: join(directory, 'audit.log'),
    auditPolicy: join(directory, 'audit-policy.json'),
    tokens: join(directory, 'tokens.csv'),
    controllerKubeconfig: join(directory, 'controllers.kubeconfig'),
    kubeletKubeconfig: join(directory, 'kubelet.kubeconfig'),
    proxyKubeconfig: join(directory, 'proxy.kubeconfig'),
    certificateAuthority: join(directory, 'ca.crt'),
  };
}

/** Writes what the API server reads when it starts, and the components' identities; returns the administrator's. */
export async function writeControlPlaneFiles(
  program: string,
  files: ControlPlaneFiles,
  { hostname, origin: server }: URL,
  auditLevel: AuditLevel,
): Promise<ApiAccess> {
  await runCommand(program, ['certificates', files.directory, hostname]);
  const certificateAuthority = await readFile(files.certificateAuthority, 'utf8');
  const newAccess = () => ({ server, certificateAuthority, token: newToken() });
  const [admin, controllers, kubelet, proxy] = [newAccess(), newAccess(), newAccess(), newAccess()];
  const tokens = [
    // Two names with the same rights, so that the audit log tells the controllers from the tests.
    tokenLine(admin, 'admin', 'system:masters'),
    tokenLine(controllers, 'controllers', 'system:masters'),
    tokenLine(kubelet, `system:node:${nodeName}`, 'system:nodes'),
    tokenLine(proxy, 'system:kube-proxy', 'system:authenticated'),
  ];
  await writeFile(files.tokens, tokens.join(''), { mode: 0o600 });
  await writeFile(files.auditPolicy, auditPolicy(auditLevel));
  // The log exists before the first entry does.
  await writeFile(files.auditLog, '');
  await writeKubeconfig(files.controllerKubeconfig, controllers);
  await writeKubeconfig(files.kubeletKubeconfig, kubelet);
  await writeKubeconfig(files.proxyKubeconfig, proxy);
  return admin;
}

function newToken(): string {
  return randomBytes(16).toString('hex');
}

function tokenLine({ token }: ApiAccess, user: string, group: string): string {
  return `${token},${user},${user},"${group}"\n`;
}
