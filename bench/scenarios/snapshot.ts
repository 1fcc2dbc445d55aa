import assert from 'node:assert/strict';
import { startNightwatch } from '../../test/support/nightwatch-process.ts';
import { until } from '../../test/support/until.ts';
import { insertRows } from '../load/insert-rows.ts';
import { firstIdOf } from '../load/past-tasks.ts';
import { idsFrom } from '../load/task-ids.ts';
import { warmUp } from '../load/warm-up.ts';
import { measurePoll } from '../measure/poll-cost.ts';
import { milliseconds } from '../report/format.ts';
import { openSite, type Site } from '../stage/open-site.ts';
import { nightwatchOptions } from '../subjects/start-subject.ts';
import { figuresOfLoaded, type LoadedTime, measureRunning, tableOfLoaded } from './loaded-time.ts';
import type { Findings, Scenario } from './scenario.ts';

/** So much dearer than without the snapshot counts as over it. */
const recoveredFactor = 2;
const longestRecoveryMs = 120_000;
const leastMs = 0.5;
const rowsAtOnce = 10_000;

export const snapshot: Scenario = {
  number: 8,
  name: 'snapshot',
  what: "the idle poll after very many rows have passed while somebody's snapshot was open: their entries stay in the index of Normal rows",
  async run(context) {
    const { passedRows } = context.sizes;
    await using site = await openSite(context);
    const options = nightwatchOptions(site.place, context.subjectSettings);
    await using nightwatch = await startNightwatch(options);
    await warmUp({ scene: site.scene, rows: context.sizes.warmUpRows, firstId: firstIdOf(0) });
    const { process } = nightwatch;
    const measure = (turn: number, under: string) => measureRunning(context, site, { turn, under, process });
    const before = await measure(1, 'no snapshot');

    const reader = await site.place.connect();
    await reader.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    await pass(site, passedRows, (passed) => context.progress.step(`${passed} of ${passedRows} rows have passed`));
    const under = await measure(2, `${passedRows} rows passed, snapshot open`);

    await reader.query('COMMIT');
    context.progress.step('the snapshot is closed: waiting for the old entries to go');
    const recoveryMs = await untilCheap(site, before.poll.normal.p50);
    const after = await measure(3, 'snapshot closed');
    return describe([before, under, after], recoveryMs);
  },
};

/**
 * Rows are submitted and ended in one transaction each lot: nightwatch never sees them as Normal, and no Job is needed.
 * Their entries in the index are the same as if each had been dispatched.
 */
async function pass(
  { scene: { user, namespace } }: Site,
  count: number,
  tell: (passed: number) => void,
): Promise<void> {
  for (let passed = 0; passed < count; passed += rowsAtOnce) {
    const ids = idsFrom(passed + 1, Math.min(rowsAtOnce, count - passed));
    await user.beginTransaction();
    await insertRows(user, namespace, ids);
    await user.query("UPDATE task SET status = 'Succeeded', finished_at = UTC_TIMESTAMP(3) WHERE id BETWEEN ? AND ?", [
      ids[0],
      ids.at(-1),
    ]);
    await user.commit();
    tell(passed + ids.length);
  }
}

async function untilCheap({ place }: Site, beforeMs: number): Promise<number> {
  const beganAtMs = performance.now();
  await until(
    'the poll is as cheap as before',
    async () => {
      const { normal } = await measurePoll(place);
      assert.ok(normal.p50 <= Math.max(beforeMs * recoveredFactor, leastMs), `it takes ${normal.p50} ms`);
    },
    longestRecoveryMs,
  );
  return performance.now() - beganAtMs;
}

function describe(times: readonly LoadedTime[], recoveryMs: number): Findings {
  return {
    tables: [tableOfLoaded(times)],
    goals: [],
    charts: [],
    notes: [`The poll was as cheap as before ${milliseconds(recoveryMs)} after the snapshot was closed.`],
    figures: { times: times.map(figuresOfLoaded), recoveryMs },
  };
}
