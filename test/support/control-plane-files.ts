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
  /** Made by the program's `certificates` component, with the keys that belong to them. */
  readonly certificateAuthority: string;
}

/** Names the files of the control plane that lives in a directory. */
export function controlPlaneFiles(directory: string): ControlPlaneFiles {
  return {
    directory,
    auditLog: join(directory, 'audit.log'),
    auditPolicy: join(directory, 'audit-policy.json'),
    tokens: join(directory, 'tokens.csv'),
    controllerKubeconfig: join(directory, 'controllers.kubeconfig'),
    certificateAuthority: join(directory, 'ca.crt'),
  };
}

/** Writes what the API server reads when it starts, and the controllers' identity; returns the administrator's. */
export async function writeControlPlaneFiles(
  program: string,
  files: ControlPlaneFiles,
  server: string,
  auditLevel: AuditLevel,
): Promise<ApiAccess> {
  await runCommand(program, ['certificates', files.directory]);
  const certificateAuthority = await readFile(files.certificateAuthority, 'utf8');
  const admin = { server, certificateAuthority, token: newToken() };
  const controllers = { server, certificateAuthority, token: newToken() };
  // Two names with the same rights, so that the audit log tells the controllers from the tests.
  const tokens = [tokenLine(admin, 'admin'), tokenLine(controllers, 'controllers')];
  await writeFile(files.tokens, tokens.join(''), { mode: 0o600 });
  await writeFile(files.auditPolicy, auditPolicy(auditLevel));
  // The log exists before the first entry does.
  await writeFile(files.auditLog, '');
  await writeKubeconfig(files.controllerKubeconfig, controllers);
  return admin;
}

function newToken(): string {
  return randomBytes(16).toString('hex');
}

function tokenLine({ token }: ApiAccess, user: string): string {
  return `${token},${user},${user},"system:masters"\n`;
}
