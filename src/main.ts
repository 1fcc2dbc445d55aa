import './required-node.js';
import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { MigrationError } from '../migrations/migration.ts';
import { type Arguments, helpText, parseArguments } from './arguments.ts';
import { runMigrate } from './commands/migrate.ts';
import { defaultReplica } from './config/default-replica.ts';
import { describeFaults } from './config/describe-faults.ts';
import { parseConfig } from './config/parse-config.ts';
import { readTextFile } from './config/read-file.ts';
import type { Config } from './config.ts';
import { KubeConfigError } from './executors/kubernetes/kube-credentials.ts';
import { HealthServerError } from './http/health.ts';
import { DrainError } from './leader/drain-term.ts';
import { createLogger, type Logger } from './log.ts';
import { isStoreError } from './store/store-error.ts';
import { programVersion } from './version.ts';

// Not among the imports above: Node 22 cannot read it, and is to say first that it is too old.
const { RunConfigError, run } = await import('./commands/run.ts');

/** What the process ends with; `--help` tells operators. */
const exitCode = { asAsked: 0, unexpected: 1, usage: 2, notDrained: 3, notMigrated: 4 } as const;

type Command = Extract<Arguments, { readonly request: 'run' | 'migrate' }>;

process.exitCode = await main(parseArguments(process.argv.slice(2)));
// The last resort: everything is done and written, but a connection to a server that hangs may keep the process.
setTimeout(() => process.exit(), 500).unref();

async function main(given: Arguments): Promise<number> {
  switch (given.request) {
    case 'help':
      print(helpText);
      return exitCode.asAsked;
    case 'version':
      print(`${programVersion}\n`);
      return exitCode.asAsked;
    case 'invalid':
      return complain(`${given.message}\n`);
    default:
      return await configured(given);
  }
}

async function configured(given: Command): Promise<number> {
  const file = given.configPath === undefined ? undefined : readTextFile(given.configPath);
  if (file?.result === 'unreadable') return complain(`--config ${given.configPath}: ${file.reason}\n`);
  const parsed = parseConfig({
    command: given.request,
    environment: process.env,
    file: file && { path: given.configPath ?? '', text: file.text },
    readSecretFile: readTextFile,
    defaultReplica: defaultReplica(hostname(), process.pid),
  });
  if (parsed.result === 'invalid') return complain(describeFaults(parsed.faults));
  return await execute(given, parsed.config);
}

async function execute(given: Command, config: Config): Promise<number> {
  const log = createLogger({ ...config.log, fd: 1 }).child(config.command === 'run' ? { replica: config.replica } : {});
  const stop = stopSignal(log);
  endOnSurprise(log);
  try {
    if (config.command === 'run') await run(config, log, stop);
    else
      await runMigrate({
        config,
        isDryRun: given.request === 'migrate' && given.isDryRun,
        log,
        print: (text) => print(`${text}\n`),
        signal: stop,
      });
    log.info({}, 'nightwatch ended as asked');
    return exitCode.asAsked;
  } catch (error) {
    return failed(error, log, config.command);
  }
}

function failed(error: unknown, log: Logger, command: Config['command']): number {
  if (error instanceof DrainError) {
    log.fatal({ err: error }, 'leadership was lost and work did not end in time');
    // The last resort: what still acts must not act a moment longer.
    process.exit(exitCode.notDrained);
  }
  if (error instanceof RunConfigError || error instanceof KubeConfigError || error instanceof HealthServerError) {
    log.fatal({ err: error }, error.message);
    return exitCode.usage;
  }
  if (command === 'migrate' && (error instanceof MigrationError || isStoreError(error))) {
    log.fatal({ err: error }, `not migrated: ${error.message}`);
    return exitCode.notMigrated;
  }
  log.fatal({ err: error }, 'unexpected fault');
  return exitCode.unexpected;
}

/** Aborts at the first SIGTERM or SIGINT; the second ends the process at once. */
function stopSignal(log: Logger): AbortSignal {
  const stop = new AbortController();
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(128 + number);
      log.info({ signal }, 'stopping: finishing what is in flight');
      stop.abort();
    });
  }
  return stop.signal;
}

/** A defect somewhere: whatever state it left, it must not act on. The next start takes up what was open. */
function endOnSurprise(log: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, `${event}: ending`);
      process.exit(exitCode.unexpected);
    });
  }
}

function print(text: string): void {
  writeSync(1, text);
}

function complain(text: string): number {
  writeSync(2, `nightwatch: ${text}`);
  return exitCode.usage;
}
