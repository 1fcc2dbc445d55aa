import { join } from 'node:path';
import { scratchDirectory } from './scratch.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** Starts `nightwatch migrate`; resolves when it has logged a line, rejects when it has ended before. */
export async function startMigration(
  adminUrl: string,
  logLine: RegExp,
): Promise<AsyncDisposable & { readonly process: ServerProcess }> {
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory('migration'));
  const process = resources.use(
    await startServerProcess({
      name: 'migration',
      command: globalThis.process.execPath,
      args: [main, 'migrate'],
      env: { NIGHTWATCH_DATABASE_URL: adminUrl, NIGHTWATCH_LOG_FORMAT: 'json' },
      logFile: join(directory, 'log'),
      ready: { logLine },
    }),
  );
  const owned = resources.move();
  return { process, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
