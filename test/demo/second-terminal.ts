import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SecondTerminalOptions {
  /** Owned by the caller, who removes it. */
  readonly directory: string;
  /** `mysql://…` of a user who may insert rows. */
  readonly databaseUrl: string;
  /** The program that holds kubectl. */
  readonly clusterProgram: string;
  readonly kubeconfig: string;
}

/** Puts what a person needs in a second terminal into a directory; returns what to type there. */
export async function prepareSecondTerminal(options: SecondTerminalOptions): Promise<string> {
  const settings = join(options.directory, 'my.cnf');
  const kubectl = join(options.directory, 'kubectl');
  await writeFile(settings, clientSettings(new URL(options.databaseUrl)), { mode: 0o600 });
  await writeFile(kubectl, kubectlScript(options));
  await chmod(kubectl, 0o700);
  return `\
  mariadb --defaults-file=${settings} -e "
    INSERT INTO task (name, namespace, info, status) VALUES (
      CONCAT('hello-', LEFT(UUID(), 8)), 'demo',
      '{\\"image\\":\\"busybox\\",\\"command\\":[\\"sleep\\",\\"3\\"]}', 'Normal')"

  ${kubectl} get jobs -A -w`;
}

function clientSettings({ hostname, port, username, password, pathname }: URL): string {
  const settings = { host: hostname, port, user: username, password, database: pathname.slice(1) };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  return `[mysql]\n${lines.join('')}default-character-set = utf8mb4\n`;
}

/** Its cache goes into the directory too, so that nothing of it stays in the person's home. */
function kubectlScript({ directory, clusterProgram, kubeconfig }: SecondTerminalOptions): string {
  const cache = join(directory, 'kubectl-cache');
  return `#!/bin/sh\nKUBECACHEDIR='${cache}' exec '${clusterProgram}' kubectl --kubeconfig '${kubeconfig}' "$@"\n`;
}
