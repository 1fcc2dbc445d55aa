import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { freePort } from './free-port.ts';
import { RestartableServer } from './restartable-server.ts';
import { scratchDirectory } from './scratch.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** A private Redis on 127.0.0.1 that keeps its data in memory only. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The running process; another one after a restart. */
  readonly process: ServerProcess;
  /** Stops it, if it still runs, and starts it empty on the same port: all that it held is lost. */
  restart(options: { readonly keepData: false }): Promise<void>;
}

export interface RedisServers extends AsyncDisposable {
  readonly servers: readonly RedisServer[];
  readonly urls: readonly string[];
}

export interface RedisServerOptions {
  /** Come last, such as `--maxmemory 10mb`, one word each. */
  readonly extraArguments?: readonly string[];
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts one Redis from Debian's own package, which is installed if it is missing. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  await ensurePackages(['redis-server']);
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory('redis'));
  const port = await freePort();
  const start = () => startProcess(port, directory, options);
  const server = resources.use(await RestartableServer.start(start));
  const owned = resources.move();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get process() {
      return server.process;
    },
    restart: () => server.restart(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Starts several independent servers, as a lock with a majority needs them. */
export async function startRedisServers(
  count: 1 | 2 | 3 | 4 | 5,
  options: RedisServerOptions = {},
): Promise<RedisServers> {
  await using resources = new AsyncDisposableStack();
  const servers: RedisServer[] = [];
  for (let index = 0; index < count; index += 1) servers.push(resources.use(await startRedis(options)));
  const owned = resources.move();
  return {
    servers,
    urls: servers.map(({ url }) => url),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function startProcess(port: number, directory: string, { extraArguments = [], env = {} }: RedisServerOptions) {
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const noPersistence = ['--save', '', '--appendonly', 'no'];
  return startServerProcess({
    name: `redis on port ${port}`,
    command: 'redis-server',
    args: [...place, ...noPersistence, ...extraArguments],
    env,
    logFile: join(directory, 'log'),
    ready: { logLine: /Ready to accept connections/ },
  });
}
