import { createHash } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { cacheEntry } from './cache-folder.ts';
import { freePort } from './free-port.ts';
import type { CommandLine } from './parent-death.ts';
import { RestartableServer } from './restartable-server.ts';
import { scratchDirectory } from './scratch.ts';
import { type ServerProcess, type ServerProcessOptions, startServerProcess } from './server-process.ts';
import { asRoot, createTestDatabase, type TestDatabase } from './test-database.ts';

/** A private MariaDB or MySQL server on 127.0.0.1, gone with its data on disposal. */
export interface DatabaseServer extends AsyncDisposable {
  readonly flavour: 'mariadb' | 'mysql';
  /** The running process; another one after a restart. */
  readonly process: ServerProcess;
  readonly port: number;
  /** Creates a fresh schema whose name begins with the given one and is unique. */
  createDatabase(name?: string): Promise<TestDatabase>;
  /** Executes statements one by one as the user who may do everything, such as `SET GLOBAL read_only = 1`. */
  runAsRoot(statements: readonly string[]): Promise<void>;
  /** Stops it, if it still runs, and starts it with the same data on the same port. */
  restart(): Promise<void>;
}

export interface DatabaseServerOptions {
  /** Come after the lean settings and so override them, such as `--log-bin`. */
  readonly extraArguments?: readonly string[];
}

/** What tells one flavour from the other. */
export interface DatabaseProgram {
  readonly flavour: DatabaseServer['flavour'];
  /** The server program with the arguments that it always needs. */
  readonly commandLine: CommandLine;
  readonly leanArguments: readonly string[];
  /** Changes with everything that the initialised data depend on. */
  readonly dataVersion: string;
  /** Makes initialised data in an empty directory, with a root user at localhost who has no password. */
  readonly initialiseData: (directory: string) => Promise<void>;
}

// Both write it when TCP and socket are open.
const readyLine = /ready for connections/;

/** Starts a database server in a scratch directory, on a copy of initialised data that the cache folder keeps. */
export async function startDatabaseServer(
  program: DatabaseProgram,
  options: DatabaseServerOptions,
): Promise<DatabaseServer> {
  const template = await dataTemplate(program);
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory(program.flavour));
  await cp(template, join(directory, 'data'), { recursive: true });
  const port = await freePort();
  const socketPath = join(directory, 'socket');
  const start = () => startServerProcess(processOptions(program, options, directory, port));
  const server = resources.use(await RestartableServer.start(start));
  const root = { login: { socketPath, user: 'root' }, host: '127.0.0.1', port };
  const owned = resources.move();
  return {
    flavour: program.flavour,
    get process() {
      return server.process;
    },
    port,
    createDatabase: (name = 'test') => createTestDatabase(root, name),
    runAsRoot: (statements) => asRoot(root, statements),
    restart: () => server.restart(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function processOptions(
  { flavour, commandLine, leanArguments }: DatabaseProgram,
  { extraArguments = [] }: DatabaseServerOptions,
  directory: string,
  port: number,
): ServerProcessOptions {
  const own = [
    `--datadir=${join(directory, 'data')}`,
    `--tmpdir=${directory}`,
    `--socket=${join(directory, 'socket')}`,
    `--pid-file=${join(directory, 'pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    // Accounts are for addresses then, and no login waits for a name server.
    '--skip-name-resolve',
    '--max-allowed-packet=64M',
  ];
  return {
    name: `${flavour} on port ${port}`,
    command: commandLine.command,
    args: [...commandLine.args, ...own, ...leanArguments, ...extraArguments],
    logFile: join(directory, 'log'),
    ready: { logLine: readyLine },
    killAfterMs: 20_000,
  };
}

/** The user to name to a server that would refuse to run as root otherwise; it must not change its user. */
export function runAsSelf(): string {
  return `--user=${userInfo().username}`;
}

async function dataTemplate(program: DatabaseProgram): Promise<string> {
  const version = createHash('sha256').update(program.dataVersion).digest('hex').slice(0, 12);
  return cacheEntry(`${program.flavour}-data-${version}`, program.initialiseData);
}
