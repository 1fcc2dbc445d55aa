import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { layCable } from '../support/network-cable.ts';
import type { CommandLine } from '../support/parent-death.ts';
import { type RunOptions, runCommand } from '../support/run-command.ts';
import { scratchDirectory } from '../support/scratch.ts';
import type { ServerProcess, ServerProcessOptions } from '../support/server-process.ts';
import { insideServer } from './inside-server.ts';

/**
 * A machine within this one, for a node: processes, mounts, and a network of its own, joined to this one by a cable.
 *
 * What runs in it sees this machine's files, but writes to a /run, /var/lib and /var/log of its own. When its first
 * process ends, however it ends, the kernel ends all the others and removes their mounts, interfaces, routes and
 * packet rules: nothing is left to be cleaned up. That one does not outlive this process.
 */
export interface Machine extends AsyncDisposable {
  /** This machine, as that one and its pods reach it: what a server has to listen on. */
  readonly hostAddress: string;
  /** That machine, as this one reaches it. */
  readonly address: string;
  /** The addresses of its pods, which this machine reaches too; no two machines have the same. */
  readonly podNetwork: string;
  /** A folder that both see under the same path. */
  readonly directory: string;
  /** Its first process, by which it is known here. */
  readonly pid: number;
  /** Runs a program to its end, in it. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<{ readonly stdout: string }>;
  /** Starts a server in it, as `startServerProcess` does here. */
  start(options: Omit<ServerProcessOptions, 'logFile'>): Promise<ServerProcess>;
}

/** Why there cannot be such a machine here; undefined where there can. */
export function machineObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'a node needs root';
  if (!existsSync('/etc/debian_version')) return 'a node is made of Debian packages';
  try {
    execFileSync('unshare', ['--mount', '--net', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'none', '/run'], {
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    return `a node needs mounts of its own: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
}

export async function startMachine(): Promise<Machine> {
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory('node'));
  for (const name of ['lib', 'log']) await mkdir(join(directory, name));
  const first = resources.use(
    await insideServer({
      name: 'machine',
      command: 'unshare',
      args: [...namespaces, 'sh', '-ec', firstProcess(directory)],
      logFile: join(directory, 'machine.log'),
      ready: { logLine: /^ready$/m },
      // The first process of such a machine heeds no signal but this one.
      stopSignal: 'SIGKILL',
    }),
  );
  const cable = resources.use(await layCable(first.pid));
  const podNetwork = podNetworkOf(cable.here);
  await runCommand('ip', ['route', 'add', podNetwork, 'via', cable.inside]);
  const enter = (line: CommandLine): CommandLine => ({
    command: 'nsenter',
    args: [`--target=${first.pid}`, '--mount', '--net', '--pid', '--', line.command, ...line.args],
  });
  const owned = resources.move();
  return {
    hostAddress: cable.here,
    address: cable.inside,
    podNetwork,
    directory,
    pid: first.pid,
    run(command, args, options) {
      const line = enter({ command, args });
      return runCommand(line.command, line.args, options);
    },
    start: (options) =>
      insideServer({ ...options, ...enter(options), logFile: join(directory, `${options.name}.log`) }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

// What a kubelet sets of a kernel that is not its own alone: it writes into files of the machine instead.
const kernelSettings = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'],
  ...['kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes'],
];

function firstProcess(directory: string): string {
  return `
    mount --make-rshared /
    mount -t tmpfs run /run
    mount --bind ${directory}/lib /var/lib
    mount --bind ${directory}/log /var/log
    for setting in ${kernelSettings.join(' ')}; do
      mkdir -p $(dirname ${directory}/$setting)
      cp /proc/sys/$setting ${directory}/$setting
      mount --bind ${directory}/$setting /proc/sys/$setting
    done
    ip link set lo up
    echo 1 > /proc/sys/net/ipv4/ip_forward
    echo ready
    exec sleep infinity`;
}

/** Cables are numbered by addresses of four each in 198.18.0.0/16; for each number there is a network of 256 pods. */
function podNetworkOf(cableAddress: string): string {
  const [, , high = 0, low = 0] = cableAddress.split('.').map(Number);
  const number = (high * 256 + low) >> 2;
  return `10.${64 + (number >> 8)}.${number & 255}.0/24`;
}
