import assert from 'node:assert/strict';
import { networkNamespaceObstacle } from '../../support/network-namespace.ts';
import { assertOneAtATime, readTerms } from '../../support/replica-log.ts';
import { untilLeading } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { untilBack } from '../round/leadership.ts';
import { partition } from '../round/partition.ts';
import type { Round } from '../round/round.ts';
import type { RoundReplica } from '../round/round-replica.ts';
import { untilRecorded } from '../round/until-recorded.ts';

const burst = 20;
const takeoverMs = 30_000;
/** What the leader is cut off from in turn, and what it says is wrong then. */
const checks = { database: 'database', api: 'kubernetes' } as const;
type Kind = keyof typeof checks;

export const leaderCutOff: Fault = {
  number: 44,
  event: 'leader cut off from only MySQL, then from only the API server',
  behaviour: 'a healthier replica leads within 30 s',
  setUp: { loadEveryMs: 250 },
  async play(round) {
    for (const kind of ['database', 'api'] as const) {
      await cutOff(round, kind, async ({ ways }) => {
        ways[kind].silence();
        return async () => ways[kind].pass();
      });
    }
  },
};

export const partitionedLeader: Fault = {
  number: 44,
  event: 'partition of the network between the leader and only MySQL, then only the API server: packets are lost',
  behaviour: 'a healthier replica leads within 30 s',
  obstacle: networkNamespaceObstacle,
  setUp: { loadEveryMs: 250, hasCables: true },
  async play(round) {
    for (const kind of ['database', 'api'] as const) {
      await cutOff(round, kind, (leader) => partition(round, leader, kind));
    }
  },
};

type Heal = () => Promise<void>;

async function cutOff(round: Round, kind: Kind, cut: (leader: RoundReplica) => Promise<Heal>): Promise<void> {
  const { leader, epoch, others } = await round.untilLeading();
  await round.submitBatch(`before-${kind}`, burst);
  const heal = await cut(leader);
  const cutAtMs = performance.now();
  await round.submitBatch(`behind-${kind}`, burst);

  await untilLeading(others, { above: epoch, timeoutMs: takeoverMs });
  round.note(`${kind}: a healthier one led after ${Math.round(performance.now() - cutAtMs)} ms`);
  await untilRecorded(round, `behind-${kind}`);
  await until('the other says what it lacks', async () => {
    const { status, text } = await leader.readyz();
    assert.equal(status, 503);
    assert.match(text, new RegExp(`^\\[-\\]${checks[kind]}`, 'm'));
  });
  assertOneAtATime(await readTerms(round.replicas));
  await heal();
  await untilBack(round, leader, epoch);
}
