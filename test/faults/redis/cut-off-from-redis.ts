import assert from 'node:assert/strict';
import { assertOneAtATime, readTerms } from '../../support/replica-log.ts';
import { untilLeading } from '../../support/replicas.ts';
import type { Fault } from '../fault.ts';
import { readRowHistory } from '../history/row-history.ts';
import { lastChangeMs, untilBack } from '../round/leadership.ts';

const burst = 40;

export const leaderCutOffFromRedis: Fault = {
  number: 4,
  event: 'Redis cut off from the leader only, silently and by resets',
  behaviour: 'the leader stops acting at WORK, before anyone can take over',
  isInEveryRun: true,
  setUp: { loadEveryMs: 200 },
  async play(round) {
    for (const cut of ['silence', 'reset'] as const) {
      const { leader, epoch, others } = await round.untilLeading();
      await round.submitBatch(`before-the-${cut}`, burst);
      for (const way of leader.ways.redis) way[cut]();
      const cutAtMs = Date.now();
      await round.submitBatch(`behind-the-${cut}`, burst);
      const next = await untilLeading(others, { above: epoch });

      const { leaders } = await readRowHistory(round.installation.user);
      const takenOverAtMs = leaders.find((change) => change.epoch === next.epoch)?.atMs ?? 0;
      const actedUntilMs = (await lastChangeMs(round, epoch)) ?? cutAtMs;
      const terms = await readTerms(round.replicas);
      assert.match(terms.find((term) => term.epoch === epoch)?.reason ?? '', /lease ran out/);
      assertOneAtATime(terms);
      assert.ok(actedUntilMs < takenOverAtMs, `it acted ${actedUntilMs - takenOverAtMs} ms too long`);
      round.note(`${cut}: acted for ${actedUntilMs - cutAtMs} ms, taken over after ${takenOverAtMs - cutAtMs} ms`);

      for (const way of leader.ways.redis) way.pass();
      await untilBack(round, leader, epoch);
    }
  },
};
