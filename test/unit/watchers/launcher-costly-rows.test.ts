import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { aLauncher } from './a-launcher.ts';

/** Many faults to tell: among the costliest things that a row can say. */
const costlyInfo = `{${Array.from({ length: 1_990 }, (_, index) => `"key ${index}":1`).join()}}`;
const count = 50;

it('rows that are costly to refuse leave the event loop to others in between', async () => {
  await using test = await aLauncher();
  const rows = Array.from({ length: count }, (_, index) => ({ taskId: String(index + 1), info: costlyInfo }));
  const tasks = await test.claim(...rows);
  const startedMs = performance.now();
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  try {
    test.launcher.add(tasks);
    await eventually(() => rows.every(({ taskId }) => test.row(taskId).status === 'Failed'), 'all are refused', 20_000);
  } finally {
    clearInterval(counting);
  }
  // A turn is given up after 20 ms, and one more row may have been begun in it.
  const tookMs = performance.now() - startedMs;
  assert.ok(turns > 2 && turns > tookMs / 200, `${turns} turns in ${tookMs} ms`);
});
