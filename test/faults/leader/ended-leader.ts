import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { crashPointVariable } from '../process/crash-points.ts';
import { faultyProcess } from '../process/node-arguments.ts';

const kills = 3;
const burst = 60;
const pauseMs = 4_000;

export const killedLeader: Fault = {
  number: 1,
  event: 'leader SIGKILL at random points',
  behaviour: 'a standby leads, no row is lost, no second Job',
  isInEveryRun: true,
  async play(round) {
    for (let kill = 1; kill <= kills; kill += 1) {
      const { leader, epoch } = await round.untilLeading();
      await round.submitBatch(`kill-${kill}`, burst);
      await sleep(round.random.between(0, 500));
      leader.process.kill('SIGKILL');
      await round.startReplica();
      await round.untilLeading({ above: epoch });
    }
  },
};

export const pausedLeader: Fault = {
  number: 2,
  event: 'leader SIGSTOP, then SIGCONT, in the middle of creates',
  behaviour: 'changes no row after waking, campaigns again or exits non-zero',
  isInEveryRun: true,
  async play(round) {
    const { leader, epoch } = await round.untilLeading();
    await round.submitBatch('paused', burst);
    await sleep(round.random.between(20, 300));
    leader.process.kill('SIGSTOP');
    await round.untilLeading({ above: epoch });
    await sleep(pauseMs);
    leader.process.kill('SIGCONT');
  },
};

// Between any two steps of a create and of an end: what the next leader finds is different at each.
const crashPoints = [
  'before claimNormal 2',
  'after claimNormal 2',
  'before launch 3',
  'after launch 3',
  'before recordCreated 2',
  'after recordCreated 2',
  'before recordProgress 2',
  'before recordEnd 2',
  'after recordEnd 2',
] as const;

export const crashedLeader: Fault = {
  number: 35,
  event: 'crash between intent and create, create and row update, and any two steps of a create and an end',
  behaviour: 'adopted; created once',
  isInEveryRun: true,
  setUp: { replicas: 0 },
  async play(round) {
    for (const point of crashPoints) {
      const replica = await round.startReplica({
        settings: { [crashPointVariable]: point },
        nodeArguments: faultyProcess,
      });
      await replica.process.exited;
      round.note(`died ${point}`);
    }
    await round.startReplica();
  },
};
