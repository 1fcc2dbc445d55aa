import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilLeading } from '../../support/replicas.ts';
import type { Fault } from '../fault.ts';
import { faultyProcess } from '../process/node-arguments.ts';
import { onSignalVariable, type SignalledFault } from '../process/obey-signal.ts';
import { untilBack } from '../round/leadership.ts';

const burst = 40;
// Far longer than the lease: another leads for most of it.
const blockedMs = 5_000;
const blocking: SignalledFault = `block ${blockedMs}ms`;

export const blockedLoop: Fault = {
  number: 32,
  event: "the leader's event loop blocked for longer than its lease, in the middle of creates",
  behaviour: 'changes no row after it goes on, campaigns again or exits non-zero',
  setUp: { replicas: 0, loadEveryMs: 200 },
  async play(round) {
    for (let replica = 1; replica <= 2; replica += 1) {
      await round.startReplica({ settings: { [onSignalVariable]: blocking }, nodeArguments: faultyProcess });
    }
    const { leader, epoch, others } = await round.untilLeading();
    await round.submitBatch('blocked', burst);
    await sleep(round.random.between(20, 300));
    const blockedAtMs = performance.now();
    leader.process.kill('SIGUSR2');
    await untilLeading(others, { above: epoch, timeoutMs: blockedMs });
    await assert.rejects(leader.readyz(), 'it is blocked still');
    round.note(`another led after ${Math.round(performance.now() - blockedAtMs)} ms`);
    round.note(`the former leader ${await untilBack(round, leader, epoch)}`);
    assert.ok(performance.now() - blockedAtMs >= blockedMs, 'it went on too early');
  },
};
