import assert from 'node:assert/strict';
import { assertCreatedOnce } from '../../support/recorded-jobs.ts';
import { startRedis } from '../../support/redis.ts';
import { type LoggedTerm, readTerms } from '../../support/replica-log.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { untilRecorded } from '../round/until-recorded.ts';
import { writesBesideLives } from '../round/writes-beside-lives.ts';

const burst = 40;
const times = 3;
const overlaps = 4;
const overlapsWithinMs = 30_000;

export const twoLeaders: Fault = {
  number: 30,
  event: 'two leaders forced: two replicas, each with a Redis of its own',
  behaviour: 'one set of database writes is accepted; each Job is created once',
  flavours: ['mariadb', 'mysql'],
  isInEveryRun: true,
  setUp: { replicas: 0, loadEveryMs: 200 },
  async play(round) {
    const second = round.own(await startRedis());
    await round.startReplica();
    const other = await round.startReplica({ redis: [second] });
    for (let time = 1; time <= times; time += 1) {
      await round.submitBatch(`torn-${time}`, burst);
      await until(
        'both have led at the same time, again and again',
        async () => {
          assert.ok(countOverlaps(await readTerms(round.replicas)) >= time * overlaps);
        },
        overlapsWithinMs,
      );
    }
    other.process.kill('SIGKILL');
    await round.startReplica();

    await untilRecorded(round, 'torn');
    assertCreatedOnce(await writesBesideLives(round));
  },
};

/** How often a term began while another replica still took itself for the leader. */
function countOverlaps(terms: readonly LoggedTerm[]): number {
  return terms.filter(({ endedAtMs = Number.POSITIVE_INFINITY }, index) => {
    const next = terms[index + 1];
    return next !== undefined && endedAtMs > next.beganAtMs;
  }).length;
}
