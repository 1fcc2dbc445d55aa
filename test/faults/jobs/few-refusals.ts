import assert from 'node:assert/strict';
import type { Round } from '../round/round.ts';

const mostInFlight = 16;
/** A row that a closed namespace has delayed waits at least so long: five seconds, less a tenth. */
export const shortestWaitMs = 4_500;

/** Asserts that the rows of the round's namespace have not each asked the API server again and again. */
export async function assertFewRefusals({ namespace, system }: Round): Promise<void> {
  const writes = await system.cluster.auditedJobWrites();
  const refused = writes.filter(
    (entry) => entry.namespace === namespace && entry.verb === 'create' && entry.code >= 400,
  );
  const tookMs = Date.now() - Date.parse(refused[0]?.receivedAt ?? '');
  const most = mostInFlight * Math.ceil(tookMs / shortestWaitMs);
  assert.ok(refused.length <= most, `${refused.length} creates were refused in ${tookMs} ms`);
}
