import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import type { CommandLine } from './parent-death.ts';
import { scratchDirectory } from './scratch.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const main = join(import.meta.dirname, '../../src/start.js');
const runFile = promisify(execFile);

export interface NightwatchOptions {
  /** `mysql://…` of the service's own user. */
  readonly databaseUrl: string;
  readonly redisUrls: readonly string[];
  readonly kubeconfig: string;
  readonly namespaces: readonly string[];
  /** Further settings by their names, which win. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Arguments of Node itself, such as `--import` and a module. */
  readonly nodeArguments?: readonly string[];
  /** Where it logs to; a file of its own unless told. */
  readonly logFile?: string;
  /** The network that it is in, and its own address there; this machine's unless told. */
  readonly network?: { readonly enter: (line: CommandLine) => CommandLine; readonly address: string };
  /** What to wait for; `leading` unless told. */
  readonly until?: 'up' | 'leading';
}

/** A replica of nightwatch as its users run it: a process of its own. */
export interface NightwatchProcess extends AsyncDisposable {
  readonly process: ServerProcess;
  /** Its answer to `/readyz?verbose`. */
  readyz(): Promise<{ readonly status: number; readonly text: string }>;
  /** What it has logged so far. */
  log(): Promise<string>;
}

/** A lease so short that a test need not wait for it, in the proportions of the default. */
export const shortLease = {
  NIGHTWATCH_LEASE_TTL: '1500ms',
  NIGHTWATCH_LEASE_RENEW: '250ms',
  NIGHTWATCH_LEASE_WORK: '900ms',
  NIGHTWATCH_LEASE_HARD: '1300ms',
  NIGHTWATCH_REDIS_TIMEOUT: '250ms',
  NIGHTWATCH_CAMPAIGN_INTERVAL: '100ms',
} as const;

export async function startNightwatch(options: NightwatchOptions): Promise<NightwatchProcess> {
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory('nightwatch'));
  const logFile = options.logFile ?? join(directory, 'log');
  const { enter, address: host } = options.network ?? { enter: (line: CommandLine) => line, address: '127.0.0.1' };
  const address = `${host}:${await freePort()}`;
  const readyz = async () => {
    const response = await fetch(`http://${address}/readyz?verbose`, { signal: AbortSignal.timeout(2_000) });
    return { status: response.status, text: await response.text() };
  };
  const isThere = async () => {
    const { status, text } = await readyz();
    return options.until === 'up' || (status === 200 && text.includes('leads, epoch'));
  };
  const process = resources.use(
    await startServerProcess({
      name: 'nightwatch',
      ...enter({ command: globalThis.process.execPath, args: [...(options.nodeArguments ?? []), main, 'run'] }),
      env: settingsOf(options, address),
      logFile,
      ready: { probe: isThere },
      killAfterMs: 10_000,
    }),
  );
  const owned = resources.move();
  return { process, readyz, log: () => readFile(logFile, 'utf8'), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function settingsOf(options: NightwatchOptions, address: string): Readonly<Record<string, string>> {
  return {
    NIGHTWATCH_DATABASE_URL: options.databaseUrl,
    NIGHTWATCH_REDIS_URLS: options.redisUrls.join(','),
    NIGHTWATCH_NAMESPACES: options.namespaces.join(','),
    NIGHTWATCH_HTTP_ADDR: address,
    NIGHTWATCH_LOG_FORMAT: 'json',
    KUBECONFIG: options.kubeconfig,
    ...shortLease,
    ...options.settings,
  };
}

/** Runs `nightwatch migrate` against a database; resolves with what it printed, rejects with its exit code. */
export async function migrateDatabase(databaseUrl: string, ...flags: readonly string[]): Promise<string> {
  const { stdout } = await runFile(process.execPath, [main, 'migrate', ...flags], {
    env: { ...process.env, NIGHTWATCH_DATABASE_URL: databaseUrl, NIGHTWATCH_LOG_FORMAT: 'json' },
  });
  return stdout;
}
