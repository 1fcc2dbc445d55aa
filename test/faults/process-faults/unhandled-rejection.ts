import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLog } from '../../support/replica-log.ts';
import { untilLeading } from '../../support/replicas.ts';
import type { Fault } from '../fault.ts';
import { faultyProcess } from '../process/node-arguments.ts';
import { onSignalVariable, type SignalledFault } from '../process/obey-signal.ts';

const burst = 40;
const rejection: SignalledFault = 'reject';
const faulty = { settings: { [onSignalVariable]: rejection }, nodeArguments: faultyProcess };

export const unhandledRejection: Fault = {
  number: 39,
  event: 'unhandled rejection anywhere, in the middle of creates',
  behaviour: 'logged, stops acting, exit 1',
  setUp: { replicas: 0, loadEveryMs: 200 },
  async play(round) {
    await round.startReplica(faulty);
    await round.startReplica(faulty);
    const { leader, epoch, others } = await round.untilLeading();
    await round.submitBatch('rejected', burst);
    await sleep(round.random.between(20, 300));
    leader.process.kill('SIGUSR2');
    await leader.process.exited;

    assert.equal(leader.process.exitCode, 1);
    const last = (await readLog(leader)).at(-1);
    assert.deepEqual([last?.level, last?.msg], ['fatal', 'unhandledRejection: ending']);
    await untilLeading(others, { above: epoch });
    await round.startReplica();
  },
};
