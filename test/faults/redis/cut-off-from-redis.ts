import assert from 'node:assert/strict';
import { networkNamespaceObstacle } from '../../support/network-namespace.ts';
import { assertOneAtATime, readTerms } from '../../support/replica-log.ts';
import { untilLeading } from '../../support/replicas.ts';
import type { Fault } from '../fault.ts';
import { readRowHistory } from '../history/row-history.ts';
import { lastChangeMs, untilBack } from '../round/leadership.ts';
import { partition } from '../round/partition.ts';
import type { Round } from '../round/round.ts';
import type { RoundReplica } from '../round/round-replica.ts';

const burst = 40;

export const leaderCutOffFromRedis: Fault = {
  number: 4,
  event: 'Redis cut off from the leader only, silently and by resets',
  behaviour: 'the leader stops acting at WORK, before anyone can take over',
  // A partition shows more; every run has this where none can be made.
  isInEveryRun: networkNamespaceObstacle !== undefined,
  setUp: { loadEveryMs: 200 },
  async play(round) {
    for (const cut of ['silence', 'reset'] as const) {
      await cutOff(round, cut, async ({ ways }) => {
        for (const way of ways.redis) way[cut]();
        return async () => {
          for (const way of ways.redis) way.pass();
        };
      });
    }
  },
};

export const leaderPartitionedFromRedis: Fault = {
  number: 4,
  event: 'partition of the network between Redis and the leader only: packets are lost',
  behaviour: 'the leader stops acting at WORK, before anyone can take over',
  isInEveryRun: true,
  obstacle: networkNamespaceObstacle,
  setUp: { loadEveryMs: 200, hasCables: true },
  play: (round) => cutOff(round, 'partition', (leader) => partition(round, leader, 'redis')),
};

type Heal = () => Promise<void>;

/** Cuts the leader off from Redis until another one leads. */
async function cutOff(round: Round, name: string, cut: (leader: RoundReplica) => Promise<Heal>): Promise<void> {
  const { leader, epoch, others } = await round.untilLeading();
  await round.submitBatch(`before-the-${name}`, burst);
  const heal = await cut(leader);
  const cutAtMs = Date.now();
  await round.submitBatch(`behind-the-${name}`, burst);
  const next = await untilLeading(others, { above: epoch });

  const { leaders } = await readRowHistory(round.installation.user);
  const takenOverAtMs = leaders.find((change) => change.epoch === next.epoch)?.atMs ?? 0;
  const actedUntilMs = (await lastChangeMs(round, epoch)) ?? cutAtMs;
  const terms = await readTerms(round.replicas);
  assert.match(terms.find((term) => term.epoch === epoch)?.reason ?? '', /lease ran out/);
  assertOneAtATime(terms);
  assert.ok(actedUntilMs < takenOverAtMs, `it acted ${actedUntilMs - takenOverAtMs} ms too long`);
  round.note(`${name}: acted for ${actedUntilMs - cutAtMs} ms, taken over after ${takenOverAtMs - cutAtMs} ms`);

  await heal();
  await untilBack(round, leader, epoch);
}
