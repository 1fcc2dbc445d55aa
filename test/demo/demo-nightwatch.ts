import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { shortLease } from '../support/nightwatch-process.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

export interface DemoNightwatchOptions {
  /** Where its log goes; owned by the caller. */
  readonly directory: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly kubeconfig: string;
  readonly namespaces: readonly string[];
}

export interface DemoNightwatch {
  readonly process: ServerProcess;
  readonly logFile: string;
  /** Where it says how it is. */
  readonly readinessUrl: string;
  readonly epoch: string;
}

/** Starts `nightwatch run` as its users do, by settings in the environment; resolves when it leads. */
export async function startDemoNightwatch(options: DemoNightwatchOptions): Promise<DemoNightwatch> {
  const logFile = join(options.directory, 'nightwatch.log');
  const address = `127.0.0.1:${await freePort()}`;
  const readinessUrl = `http://${address}/readyz?verbose`;
  let epoch = '';
  const isLeading = async (signal: AbortSignal) => {
    const answer = await (await fetch(readinessUrl, { signal })).text();
    epoch = /leads, epoch (\d+)/.exec(answer)?.[1] ?? '';
    return epoch !== '';
  };
  const process = await startServerProcess({
    name: 'nightwatch',
    command: globalThis.process.execPath,
    args: [main, 'run'],
    env: {
      NIGHTWATCH_DATABASE_URL: options.databaseUrl,
      NIGHTWATCH_REDIS_URLS: options.redisUrl,
      NIGHTWATCH_NAMESPACES: options.namespaces.join(','),
      NIGHTWATCH_HTTP_ADDR: address,
      NIGHTWATCH_LOG_FORMAT: 'pretty',
      KUBECONFIG: options.kubeconfig,
      // It waits for one lease after the start of Redis; nobody who looks on wants to.
      ...shortLease,
    },
    logFile,
    ready: { probe: isLeading },
    killAfterMs: 10_000,
  });
  return { process, logFile, readinessUrl, epoch };
}
