import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseServer } from '../support/database-server.ts';
import { freePort } from '../support/free-port.ts';
import { startMariaDb } from '../support/mariadb.ts';
import { startRedis } from '../support/redis.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { selfSignedCertificate } from '../support/self-signed-certificate.ts';
import { databaseName, type Surroundings } from './surroundings.ts';

type ServerAddresses = Pick<Surroundings, 'databaseUrl' | 'redisUrl' | 'redisTlsUrl' | 'certificateAuthority'>;

/** A database and a Redis on this machine for a cluster that is on it too, gone at their disposal. */
export interface Servers extends AsyncDisposable {
  readonly addresses: ServerAddresses;
}

/** Starts both on an address of this machine that pods reach; they speak TLS to whoever wants it. */
export async function startServers(address: string): Promise<Servers> {
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory('servers'));
  const certificate = join(directory, 'server.crt');
  const key = join(directory, 'server.key');
  const pair = selfSignedCertificate(address, [databaseName]);
  await writeFile(certificate, pair.certificate);
  await writeFile(key, pair.key);
  const tlsPort = String(await freePort());
  const listen = ['--bind', '127.0.0.1', address, '--protected-mode', 'no', '--tls-port', tlsPort];
  const authority = ['--tls-auth-clients', 'no', '--tls-ca-cert-file', certificate];
  const own = ['--tls-cert-file', certificate, '--tls-key-file', key];
  const redis = resources.use(await startRedis({ extraArguments: [...listen, ...authority, ...own] }));
  const database = resources.use(
    await startMariaDb({
      extraArguments: [`--bind-address=127.0.0.1,${address}`, `--ssl-cert=${certificate}`, `--ssl-key=${key}`],
    }),
  );
  const databaseUrl = await urlOfAdministrator(database, address);
  const owned = resources.move();
  const redisUrl = `redis://${address}:${redis.port}`;
  const redisTlsUrl = `rediss://${address}:${tlsPort}`;
  return {
    addresses: { databaseUrl, redisUrl, redisTlsUrl, certificateAuthority: pair.certificate },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function urlOfAdministrator({ port, runAsRoot }: DatabaseServer, address: string): Promise<string> {
  const password = randomBytes(12).toString('hex');
  await runAsRoot([
    `CREATE USER 'e2e'@'%' IDENTIFIED BY '${password}'`,
    "GRANT ALL PRIVILEGES ON *.* TO 'e2e'@'%' WITH GRANT OPTION",
  ]);
  // Most tests are not about TLS, and nobody listens within one machine.
  return `mysql://e2e:${password}@${address}:${port}?tls=off`;
}
