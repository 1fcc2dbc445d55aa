import { type DatabaseServer, type DatabaseServerOptions, runAsSelf, startDatabaseServer } from './database-server.ts';
import { ensurePackages } from './debian-packages.ts';
import { runCommand } from './run-command.ts';

const leanArguments = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-buffer-size=4M',
  '--innodb-log-file-size=16M',
];

/** Starts a private MariaDB from Debian's own packages, which are installed if they are missing. */
export async function startMariaDb(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  await ensurePackages(['mariadb-server-core', 'mariadb-client-core']);
  const { stdout: version } = await runCommand('/usr/sbin/mariadbd', ['--no-defaults', '--version']);
  return startDatabaseServer(
    {
      flavour: 'mariadb',
      commandLine: { command: '/usr/sbin/mariadbd', args: ['--no-defaults', runAsSelf()] },
      leanArguments,
      dataVersion: [version, ...leanArguments].join('\n'),
      initialiseData,
    },
    options,
  );
}

async function initialiseData(directory: string): Promise<void> {
  await runCommand('mariadb-install-db', [
    '--no-defaults',
    runAsSelf(),
    `--datadir=${directory}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...leanArguments,
  ]);
}
