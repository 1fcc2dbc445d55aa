import { randomInt } from 'node:crypto';
import { type CommandError, runCommand } from './run-command.ts';

/** A cable between this machine and a network namespace, with an address at either end. */
export interface NetworkCable {
  /** Of this machine's end: what a server listens on that the namespace is to reach. */
  readonly here: string;
  /** Of the namespace's end. */
  readonly inside: string;
  /**
   * Loses every packet from now on, in both directions, and neither side is told.
   *
   * Connections stay as they are: the kernels repeat what is not acknowledged, at growing intervals.
   */
  partition(): Promise<void>;
  /** Loses nothing any more: a connection goes on at its next repetition, unless somebody has given it up. */
  heal(): Promise<void>;
}

// The network set aside for tests between devices (RFC 2544): nobody's own, and no route leads there.
const cables = 2 ** 14;
const attempts = 100;
/** A hardware address that nothing has: frames for it go over the cable, and its other end does not take them. */
const nobody = '02:00:00:00:00:00';

/** Lays a cable into the namespace that a process is in, with which it ends if it is not removed before. */
export async function layCable(namespacePid: number): Promise<NetworkCable & AsyncDisposable> {
  const number = await claimNumber(namespacePid);
  const name = nameOf(number);
  const [here, inside] = [addressOf(number, 1), addressOf(number, 2)];
  const atBothEnds = async (commandsOf: (own: string, other: string) => readonly string[]) => {
    await runHere(commandsOf(here, inside));
    await runInside(namespacePid, commandsOf(inside, here));
  };
  await atBothEnds((own) => [`ip address add ${own}/30 dev ${name}`, `ip link set ${name} up`]);
  return {
    here,
    inside,
    // Not by taking the link down: that is seen, for there is no carrier then, and the routes change.
    partition: () =>
      atBothEnds((_, other) => [`ip neighbour replace ${other} lladdr ${nobody} nud permanent dev ${name}`]),
    heal: () => atBothEnds((_, other) => [`ip neighbour delete ${other} dev ${name}`]),
    async [Symbol.asyncDispose]() {
      await runHere([`ip link delete ${name}`]);
    },
  };
}

/** Makes the cable itself. The kernel lets no two links have one name, so that its number is ours, and its addresses. */
async function claimNumber(namespacePid: number): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const number = randomInt(cables);
    const name = nameOf(number);
    const add = ['link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', String(namespacePid)];
    try {
      await runCommand('ip', add);
      return number;
    } catch (error) {
      if (!(error as CommandError).message.includes('File exists')) throw error;
    }
  }
  throw new Error(`no number is free for a cable, in ${attempts} attempts`);
}

// A link's name has at most 15 characters.
function nameOf(number: number): string {
  return `nightwatch${number}`;
}

/** One of the four addresses of a cable: the first and the last are the network itself and all that is in it. */
function addressOf(number: number, host: 1 | 2): string {
  const address = number * 4 + host;
  return `198.18.${address >> 8}.${address & 255}`;
}

async function runHere(commands: readonly string[]): Promise<void> {
  await runCommand('sh', ['-ec', commands.join('\n')]);
}

async function runInside(namespacePid: number, commands: readonly string[]): Promise<void> {
  await runCommand('nsenter', [`--net=/proc/${namespacePid}/ns/net`, 'sh', '-ec', commands.join('\n')]);
}
