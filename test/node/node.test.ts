import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { scratchDirectory } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { controlGroupsOfNodes, createControlGroup } from './control-group.ts';
import { machineObstacle } from './machine.ts';

const timeout = 600_000;

/** Starts a node and a pod on it, tells about both, and ends in an orderly way when its input does. */
const nodeOwner = `
  import { once } from 'node:events';
  import { startNode } from '${new URL('node.ts', import.meta.url)}';
  await using node = await startNode();
  await node.cluster.kubectl(['run', 'sleeper', '--image=busybox', '--', 'sleep', '1000']);
  await node.cluster.kubectl(['wait', '--for=condition=Ready', '--timeout=30s', 'pod/sleeper']);
  const { pid, directory, hostAddress, podNetwork } = node.machine;
  process.stdout.write(JSON.stringify({ pid, directory, hostAddress, podNetwork }) + '\\n');
  await once(process.stdin.resume(), 'end');
`;

const machine = z.object({ pid: z.number(), directory: z.string(), hostAddress: z.string(), podNetwork: z.string() });

describe('a node', { timeout, skip: machineObstacle() ?? false }, () => {
  it('leaves nothing behind at its disposal', async () => {
    await using owner = await startNodeOwner();
    assert.deepEqual(owner.traces(), ['address', 'route', 'control groups', 'files', 'processes']);

    owner.process.stdin?.end();

    assert.deepEqual(await once(owner.process, 'exit'), [0, null]);
    assert.deepEqual(owner.traces(), []);
  });

  it('leaves nothing behind when its owner is interrupted', async () => {
    await using owner = await startNodeOwner();

    owner.process.kill('SIGINT');

    assert.deepEqual(await once(owner.process, 'exit'), [null, 'SIGINT']);
    await until('nothing is left', () => assert.deepEqual(owner.traces(), []));
  });

  it('leaves no more than files and empty control groups when its owner is killed outright, until the next run', async () => {
    await using owner = await startNodeOwner();

    owner.process.kill('SIGKILL');

    await once(owner.process, 'exit');
    await until('the kernel has ended it', () => assert.deepEqual(owner.traces(), ['control groups', 'files']));
    await using _group = await createControlGroup();
    await using _directory = await scratchDirectory('next');
    assert.deepEqual(owner.traces(), []);
  });
});

async function startNodeOwner() {
  const mountsBefore = mounts();
  const args = ['--input-type=module-typescript', '--eval', nodeOwner];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  assert.ok(child.stdout);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { pid, directory, hostAddress, podNetwork } = machine.parse(JSON.parse(line));
  const namespace = readlinkSync(`/proc/${pid}/ns/pid`);
  const processes = () => processesIn(namespace);
  const traces = () => [
    ...(ownAddresses().includes(hostAddress) ? ['address'] : []),
    ...(hasRoute(podNetwork) ? ['route'] : []),
    ...(controlGroupsOfNodes().some((path) => path.includes(`-${child.pid}-`)) ? ['control groups'] : []),
    ...(existsSync(directory) ? ['files'] : []),
    ...(processes().length > 0 ? ['processes'] : []),
    ...(mounts().every((mount) => mountsBefore.includes(mount)) ? [] : ['mounts']),
    ...(packetRules().includes('kube-proxy') ? ['packet rules'] : []),
  ];
  return {
    process: child,
    traces,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await once(child, 'exit');
    },
  };
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}

function hasRoute(network: string): boolean {
  return execFileSync('ip', ['route', 'show', network], { encoding: 'utf8' }) !== '';
}

function packetRules(): string {
  return execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' });
}

/** Of this machine, without those that other programs may make meanwhile. */
function mounts(): readonly string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return lines.filter((line) => /overlay|kubelet|netns|containerd|nightwatch-test-\d+-node/.test(line));
}

function processesIn(namespace: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && namespaceOf(pid) === namespace);
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // It has ended in the meantime.
    return undefined;
  }
}
