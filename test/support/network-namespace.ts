import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layCable, type NetworkCable } from './network-cable.ts';
import type { CommandLine } from './parent-death.ts';
import { scratchDirectory } from './scratch.ts';
import { startServerProcess } from './server-process.ts';

/**
 * A network of its own for programs that run on this machine: they reach nothing but what a cable is laid to.
 *
 * It belongs to a process that does not outlive this one. When that and the programs in it are gone, however they
 * ended, the kernel removes it with its cables: nothing is left to be cleaned up.
 */
export interface NetworkNamespace extends AsyncDisposable {
  /** Lays another cable, which ends with the namespace. */
  layCable(): Promise<NetworkCable>;
  /** Rewrites a command line so that the program runs in it; its process is the one that was spawned. */
  enter(line: CommandLine): CommandLine;
  /** What the kernel has counted of TCP in it. */
  countTcp(): Promise<TcpCounts>;
}

export interface TcpCounts {
  /** Segments that were sent again because nobody had acknowledged them. */
  readonly repeated: number;
  /** Connections that ended at once, by a reset from either side. */
  readonly reset: number;
}

/** Why there cannot be a network namespace here; undefined where there can. */
export const networkNamespaceObstacle = findObstacle();

function findObstacle(): string | undefined {
  try {
    // A cable within a namespace of its own: both go as they came.
    execFileSync('unshare', ['--net', 'ip', 'link', 'add', 'type', 'veth'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return `no network namespace can be made here: ${message.trim().split('\n').at(-1)}`;
  }
}

export async function startNetworkNamespace(): Promise<NetworkNamespace> {
  await using resources = new AsyncDisposableStack();
  const { path } = resources.use(await scratchDirectory('network'));
  const { pid } = resources.use(
    await startServerProcess({
      name: 'network namespace',
      command: 'unshare',
      args: ['--net', 'sh', '-ec', 'ip link set lo up; echo ready; exec sleep infinity'],
      logFile: join(path, 'log'),
      ready: { logLine: /^ready$/m },
    }),
  );
  const owned = resources.move();
  return {
    layCable: async () => owned.use(await layCable(pid)),
    enter: ({ command, args }) => ({ command: 'nsenter', args: [`--net=/proc/${pid}/ns/net`, command, ...args] }),
    countTcp: async () => readTcpCounts(await readFile(`/proc/${pid}/net/snmp`, 'utf8')),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Two lines of each protocol: the names of its counters, then their values. */
function readTcpCounts(text: string): TcpCounts {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  const counted = (name: string) => Number(values[names.indexOf(name)]);
  return { repeated: counted('RetransSegs'), reset: counted('EstabResets') + counted('OutRsts') };
}
