import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEcho } from '../support/echo-server.ts';
import {
  type NetworkNamespace,
  networkNamespaceObstacle,
  startNetworkNamespace,
} from '../support/network-namespace.ts';
import { until } from '../support/until.ts';

const timeout = 60_000;
const support = new URL('../support/', import.meta.url);

/** Connects, says each line of its own input, and prints what it hears and how the connection ends. */
const client = `
  import { connect } from 'node:net';
  const socket = connect(Number(process.argv[2]), process.argv[1]);
  process.stdin.pipe(socket);
  socket.on('connect', () => console.log('connected'));
  socket.on('data', (data) => process.stdout.write(data));
  socket.on('error', (error) => console.log(error.code));
  socket.on('close', () => console.log('closed'));
`;
const namespaceOwner = `
  import { startNetworkNamespace } from '${new URL('network-namespace.ts', support)}';
  const network = await startNetworkNamespace();
  const { here } = await network.layCable();
  process.stdout.write(here + '\\n');
  setInterval(() => {}, 1000);
`;

describe('a network namespace', { timeout, skip: networkNamespaceObstacle ?? false }, () => {
  it('loses packets of a partition without a word, and the connection goes on when it is healed', async () => {
    await using network = await startNetworkNamespace();
    const cable = await network.layCable();
    await using echo = await startEcho(cable.here);
    await using inside = await connectFrom(network, cable.here, echo.port);
    await inside.untilHeard(/^connected$/m);

    const before = await network.countTcp();
    await cable.partition();
    inside.say('into the partition');
    await until('the kernel has sent it again twice', async () => {
      assert.ok((await network.countTcp()).repeated >= before.repeated + 2);
    });
    await using late = await connectFrom(network, cable.here, echo.port);
    await sleep(1_000);
    assert.deepEqual([inside.heard(), late.heard(), echo.heard()], ['connected\n', '', '']);
    assert.equal((await network.countTcp()).reset, before.reset);

    await cable.heal();
    await inside.untilHeard(/^into the partition$/m);
    await late.untilHeard(/^connected$/m);
    assert.equal((await network.countTcp()).reset, before.reset);
  });

  it('loses what comes from outside as well', async () => {
    await using network = await startNetworkNamespace();
    const cable = await network.layCable();
    await using echo = await startEcho(cable.here);
    await using inside = await connectFrom(network, cable.here, echo.port);
    await inside.untilHeard(/^connected$/m);

    await cable.partition();
    echo.say('from outside\n');
    await sleep(500);
    assert.equal(inside.heard(), 'connected\n');

    await cable.heal();
    await inside.untilHeard(/^from outside$/m);
  });

  it('cuts one cable and no other', async () => {
    await using network = await startNetworkNamespace();
    const cut = await network.layCable();
    const whole = await network.layCable();
    await using echo = await startEcho(whole.here);

    await cut.partition();
    await using inside = await connectFrom(network, whole.here, echo.port);
    inside.say('hello');

    await inside.untilHeard(/^hello$/m);
  });

  it('reaches nothing of this machine but what a cable leads to', async () => {
    await using echo = await startEcho('127.0.0.1');
    await using network = await startNetworkNamespace();
    await using inside = await connectFrom(network, '127.0.0.1', echo.port);

    await inside.untilHeard(/^ECONNREFUSED\nclosed$/m);
  });

  it('runs a program as the very process that was spawned', async () => {
    await using network = await startNetworkNamespace();
    const { command, args } = network.enter({ command: process.execPath, args: ['--print', 'process.pid'] });
    const program = runProgram(command, args);

    assert.equal((await text(program.stdout)).trim(), String(program.pid));
  });

  it('is gone with its cables at its disposal', async () => {
    const network = await startNetworkNamespace();
    const { here } = await network.layCable();
    assert.ok(ownAddresses().includes(here));

    await network[Symbol.asyncDispose]();

    assert.ok(!ownAddresses().includes(here));
  });

  it('is gone with its cables when its owner is killed outright', async () => {
    const owner = runProgram(process.execPath, argumentsOf(namespaceOwner));
    const [here] = await once(createInterface({ input: owner.stdout }), 'line');
    assert.ok(ownAddresses().includes(here));

    owner.kill('SIGKILL');

    await until('the kernel has removed it', () => assert.ok(!ownAddresses().includes(here)));
  });
});

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
}

async function connectFrom(network: NetworkNamespace, address: string, port: number) {
  const line = { command: process.execPath, args: [...argumentsOf(client), address, String(port)] };
  const { command, args } = network.enter(line);
  const program = runProgram(command, args);
  let heard = '';
  program.stdout.on('data', (chunk) => {
    heard += chunk;
  });
  return {
    heard: () => heard,
    say: (words: string) => void program.stdin.write(`${words}\n`),
    untilHeard: (words: RegExp) => until(`it hears ${words}`, () => assert.match(heard, words)),
    async [Symbol.asyncDispose]() {
      if (program.exitCode === null && program.signalCode === null && program.kill('SIGKILL'))
        await once(program, 'exit');
    },
  };
}

function argumentsOf(source: string): readonly string[] {
  return ['--input-type=module-typescript', '--eval', source];
}

function runProgram(command: string, args: readonly string[]) {
  return spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}
