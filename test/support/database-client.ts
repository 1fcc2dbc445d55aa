import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensurePackages } from './debian-packages.ts';

const longestMs = 60_000;

/** Pipes a script of SQL into the command-line client, as an administrator would; rejects at its first fault. */
export async function runScript(databaseUrl: string, script: string): Promise<void> {
  await ensurePackages(['mariadb-client-core']);
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const place = ['--no-defaults', `--host=${hostname}`, `--port=${port}`, `--user=${username}`];
  const running = promisify(execFile)('mariadb', [...place, pathname.slice(1)], {
    env: { PATH: process.env.PATH, MYSQL_PWD: password },
    timeout: longestMs,
  });
  running.child.stdin?.end(script);
  await running;
}
