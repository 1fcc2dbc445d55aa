import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatabaseServer, type DatabaseServerOptions, runAsSelf, startDatabaseServer } from './database-server.ts';
import { mysqlCommandLine } from './mysql-distribution.ts';
import type { CommandLine } from './parent-death.ts';
import { runCommand } from './run-command.ts';

const leanArguments = [
  '--performance-schema=OFF',
  '--skip-log-bin',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-buffer-size=4M',
  '--innodb-redo-log-capacity=8M',
];

/** Starts a private MySQL, unpacked from Debian's unstable suite into the cache folder on first use. */
export async function startMySql(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  const distribution = await mysqlCommandLine();
  const commandLine = { command: distribution.command, args: [...distribution.args, runAsSelf(), '--mysqlx=OFF'] };
  const { stdout: version } = await runCommand(commandLine.command, [...commandLine.args, '--version']);
  return startDatabaseServer(
    {
      flavour: 'mysql',
      commandLine,
      leanArguments,
      dataVersion: [version, ...leanArguments].join('\n'),
      initialiseData: (directory) => initialiseData(commandLine, directory),
    },
    options,
  );
}

async function initialiseData({ command, args }: CommandLine, directory: string): Promise<void> {
  await runCommand(command, [...args, ...leanArguments, `--datadir=${directory}`, '--initialize-insecure']);
  // It names one server; each copy must make its own.
  await rm(join(directory, 'auto.cnf'), { force: true });
}
