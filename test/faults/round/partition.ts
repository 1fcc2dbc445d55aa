import assert from 'node:assert/strict';
import type { Cables } from './replica-network.ts';
import type { Round } from './round.ts';
import type { RoundReplica } from './round-replica.ts';

/**
 * Loses all packets between a replica and its servers of one kind; returns what heals that.
 *
 * Healing asserts that they were really lost: the replica's kernel has sent segments again that nobody acknowledged.
 */
export async function partition(
  round: Round,
  { name, cables }: RoundReplica,
  kind: Exclude<keyof Cables, 'countTcp'>,
): Promise<() => Promise<void>> {
  assert.ok(cables, 'the round has cables');
  const before = await cables.countTcp();
  await cables[kind].partition();
  return async () => {
    const { repeated } = await cables.countTcp();
    await cables[kind].heal();
    assert.ok(repeated > before.repeated, 'no packet was lost');
    round.note(`the kernel of ${name} sent ${repeated - before.repeated} segments again in the partition`);
  };
}
