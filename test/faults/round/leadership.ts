import assert from 'node:assert/strict';
import { epochOf } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import type { Round } from './round.ts';
import type { RoundReplica } from './round-replica.ts';

/** Waits until no replica says that it leads. */
export async function untilNobodyLeads({ replicas }: Round, timeoutMs?: number): Promise<void> {
  await until(
    'nobody leads',
    async () => assert.deepEqual(new Set(await Promise.all(replicas.map(epochOf))), new Set([undefined])),
    timeoutMs,
  );
}

// What main ends the process with when work of an ended term did not end in time; any other end is a fault.
const notDrained = 3;

/**
 * Waits until a former leader campaigns again or has ended by its own decision, and starts another in its place then,
 * as Kubernetes does. Returns which it was, in words.
 */
export async function untilBack(round: Round, former: RoundReplica, epoch: number): Promise<string> {
  const came = await until(`${former.name} campaigns again or has ended`, async () => {
    if (!former.process.isRunning) return `ended with exit code ${former.process.exitCode}`;
    assert.notEqual(await epochOf(former), epoch);
    assert.equal((await former.readyz()).status, 200);
    return 'campaigned again';
  });
  if (former.process.isRunning) return came;
  assert.equal(former.process.exitCode, notDrained);
  await round.startReplica();
  return came;
}

/** When a term made its last change in the cluster by the API server's own clock; undefined when it made none. */
export async function lastChangeMs({ system }: Round, epoch: number): Promise<number | undefined> {
  const writes = await system.cluster.auditedJobWrites();
  const last = writes.filter(({ userAgent }) => userAgent.includes(`epoch ${epoch})`)).at(-1);
  return last && Date.parse(last.receivedAt);
}
