import assert from 'node:assert/strict';
import { countTasks } from '../../support/count-tasks.ts';
import { until } from '../../support/until.ts';
import type { Round } from './round.ts';

// A busy machine takes its time.
const defaultTimeoutMs = 30_000;

/**
 * Waits until all rows whose name begins so have their Job recorded: what nightwatch itself does for a row. When the
 * Job ends is a matter of the cluster.
 */
export async function untilRecorded(
  { installation }: Round,
  prefix: string,
  timeoutMs = defaultTimeoutMs,
): Promise<void> {
  const open = () => countTasks(installation.user, 'name LIKE ? AND job_uid IS NULL', [`${prefix}%`]);
  const what = `all rows '${prefix}…' have their Job`;
  await until(what, async () => assert.equal(await open(), 0, 'number of the others'), timeoutMs);
}
