import assert from 'node:assert/strict';
import { assertOneAtATime, readTerms } from '../../support/replica-log.ts';
import { untilLeading } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { untilBack } from '../round/leadership.ts';
import { untilRecorded } from '../round/until-recorded.ts';

const burst = 20;
const takeoverMs = 30_000;

export const leaderCutOff: Fault = {
  number: 44,
  event: 'leader cut off from only MySQL, then from only the API server',
  behaviour: 'a healthier replica leads within 30 s',
  setUp: { loadEveryMs: 250 },
  async play(round) {
    for (const [way, check] of [
      ['database', 'database'],
      ['api', 'kubernetes'],
    ] as const) {
      const { leader, epoch, others } = await round.untilLeading();
      await round.submitBatch(`before-${way}`, burst);
      leader.ways[way].silence();
      const silentAtMs = performance.now();
      await round.submitBatch(`behind-${way}`, burst);

      await untilLeading(others, { above: epoch, timeoutMs: takeoverMs });
      round.note(`${way}: a healthier one led after ${Math.round(performance.now() - silentAtMs)} ms`);
      await untilRecorded(round, `behind-${way}`);
      await until('the other says what it lacks', async () => {
        const { status, text } = await leader.readyz();
        assert.equal(status, 503);
        assert.match(text, new RegExp(`^\\[-\\]${check}`, 'm'));
      });
      assertOneAtATime(await readTerms(round.replicas));
      leader.ways[way].pass();
      await untilBack(round, leader, epoch);
    }
  },
};
