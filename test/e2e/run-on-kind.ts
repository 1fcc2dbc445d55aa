import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { atAbruptEnd } from '../support/abrupt-end.ts';
import { runCommand } from '../support/run-command.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { runTests } from './run-tests.ts';
import { startServers } from './servers.ts';

const project = join(import.meta.dirname, '..', '..');
const laterVersion = join(project, 'test', 'node', 'images', 'later-version.Dockerfile');
const [image, nextImage] = ['example.com/nightwatch:0.2.0', 'example.com/nightwatch:0.3.0'];
const timeoutMs = 15 * 60_000;

/** Runs the end-to-end tests on a cluster of kind's, which is deleted in the end. */
async function runOnKind(): Promise<number> {
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory('kind'));
  const kubeconfig = join(directory, 'kubeconfig');
  const name = `nightwatch-${process.pid}`;
  const run = async (command: string, args: readonly string[]) =>
    (await runCommand(command, args, { timeoutMs })).stdout;
  await run('docker', ['build', '--tag', image, project]);
  const context = join(project, 'test', 'faults', 'process');
  const later = ['--file', laterVersion, '--build-arg', `NIGHTWATCH=${image}`];
  await run('docker', ['build', '--tag', nextImage, ...later, context]);
  const deletion = ['delete', 'cluster', '--name', name];
  const abruptEnd = atAbruptEnd(() => execFileSync('kind', deletion));
  resources.defer(async () => {
    await run('kind', deletion);
    abruptEnd[Symbol.dispose]();
  });
  await run('kind', ['create', 'cluster', '--name', name, '--kubeconfig', kubeconfig, '--wait', '2m']);
  await run('kind', ['load', 'docker-image', '--name', name, image, nextImage]);
  const gateways = await run('docker', ['network', 'inspect', 'kind', '--format', '{{json .IPAM.Config}}']);
  const [, address] = /"Gateway":"(\d+\.\d+\.\d+\.\d+)"/.exec(gateways) ?? [];
  if (address === undefined) throw new Error(`docker's network kind has no gateway at an IPv4 address: ${gateways}`);
  const { addresses } = resources.use(await startServers(address));
  return await runTests({ kubeconfig, image, nextImage, ...addresses }, ['test/e2e/*.test.ts']);
}

process.exitCode = await runOnKind();
