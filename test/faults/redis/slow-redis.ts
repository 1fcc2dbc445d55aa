import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultLease } from '../../support/default-lease.ts';
import { readTerms } from '../../support/replica-log.ts';
import { epochOf } from '../../support/replicas.ts';
import type { Fault } from '../fault.ts';
import { untilNobodyLeads } from '../round/leadership.ts';
import type { Round } from '../round/round.ts';

// Longer than the default lease, and than several renewals of it.
const slowMs = 6_000;
const burst = 30;

export const slowRedis: Fault = {
  number: 6,
  event: 'Redis slow, 0.2 s and 2 s',
  behaviour: 'the leader renews, or steps down and nobody leads; no flapping',
  setUp: { settings: defaultLease, loadEveryMs: 250 },
  async play(round) {
    const { leader, epoch } = await round.untilLeading();
    answerAfter(round, 200);
    await round.submitBatch('slow', burst);
    await sleep(slowMs);
    assert.equal(await epochOf(leader), epoch, 'it renews');

    answerAfter(round, 2_000);
    await untilNobodyLeads(round);
    await round.submitBatch('very-slow', burst);
    await sleep(slowMs);
    assert.equal((await readTerms(round.replicas)).length, 1, 'nobody takes turns');

    answerAfter(round, 0);
    await round.untilLeading({ above: epoch });
    assert.equal((await readTerms(round.replicas)).length, 2);
  },
};

function answerAfter({ replicas }: Round, durationMs: number): void {
  // Half of it there, half of it back.
  for (const way of replicas.flatMap(({ ways }) => ways.redis)) way.delay(durationMs / 2);
}
