import assert from 'node:assert/strict';
import { readTerms } from '../../support/replica-log.ts';
import { anInfo } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { throughThinLine } from '../round/thin-line.ts';
import { untilRows } from '../round/until-rows.ts';

const burst = 40;
const bytesPerSecond = 8 * 1_024;

export const thinLineToDatabase: Fault = {
  number: 10,
  event: 'thin line between the leader and MySQL: 8 KiB a second',
  behaviour: 'everything takes longer and is done once; no change of leaders',
  setUp: { settings: steadyLease },
  async play(round) {
    const { leader } = await round.untilLeading();
    await throughThinLine(round, leader.ways.database, bytesPerSecond, async () => {
      await round.submitBatch('thin', burst, { info: anInfo({ life: 'start 100ms; succeed after 500ms' }) });
      await untilRows(round, 'thin-', { status: 'Succeeded' });
    });
    assert.equal((await readTerms(round.replicas)).length, 1);
  },
};
