import assert from 'node:assert/strict';
import { readTerms } from '../../support/replica-log.ts';
import { anInfo } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { throughThinLine } from '../round/thin-line.ts';
import { untilJobsEnded } from '../round/until-jobs.ts';
import { untilRows } from '../round/until-rows.ts';

const burst = 40;
const bytesPerSecond = 64 * 1_024;

export const thinLineToApiServer: Fault = {
  number: 18,
  event: 'thin line between the leader and the API server: 64 KiB a second, events seconds late',
  behaviour: 'everything takes longer and is done once; no change of leaders',
  // More rows would be more than the line takes at all.
  setUp: { loadEveryMs: 1_000, settings: steadyLease },
  async play(round) {
    const { leader } = await round.untilLeading();
    await throughThinLine(round, leader.ways.api, bytesPerSecond, async () => {
      await round.submitBatch('thin', burst, { info: anInfo({ life: 'start 100ms; succeed after 500ms' }) });
      await untilJobsEnded(round, { prefix: 'thin-', count: burst });
      const endedAtMs = performance.now();
      await untilRows(round, 'thin-', { status: 'Succeeded' });
      const lateMs = performance.now() - endedAtMs;
      round.note(`the last row was told ${Math.round(lateMs)} ms after its Job had ended`);
      assert.ok(lateMs > 1_000, 'events were not late');
    });
    assert.equal((await readTerms(round.replicas)).length, 1);
  },
};
