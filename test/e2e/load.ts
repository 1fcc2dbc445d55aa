import assert from 'node:assert/strict';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';
import { insertTasks, readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import type { Platform } from './platform.ts';

const timeoutMs = 180_000;
const uids = z.object({ items: z.array(z.object({ metadata: z.object({ uid: z.string() }) })) });

/** Inserts so many tasks, each of which sleeps a second unless told. */
export async function insertLoad(
  user: Connection,
  namespace: string,
  count: number,
  { name = 'load', seconds = 1 } = {},
): Promise<void> {
  const info = JSON.stringify({ image: 'busybox', command: ['sleep', String(seconds)] });
  const names = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  await insertTasks(
    user,
    names.map((name) => ({ name, namespace, info, status: 'Normal' })),
  );
}

/** Waits until all tasks have succeeded, and shows that each had one attempt, one Job and one pod, and there is no other. */
export async function showEveryTaskRanOnce(
  { kubectl }: Platform,
  user: Connection,
  namespace: string,
  count: number,
): Promise<void> {
  const rows = await until(
    'every task has succeeded',
    async () => {
      const seen = await readTasks(user);
      const ended = seen.filter(({ status }) => status === 'Succeeded');
      assert.equal(ended.length, count, seen.map(({ status }) => status).join(' '));
      return seen;
    },
    timeoutMs,
  );
  assert.ok(rows.every(({ attempt }) => attempt === 1));
  const jobs = uids.parse(JSON.parse(await kubectl(['get', 'jobs', '-n', namespace, '-o', 'json'])));
  const recorded = rows.map((row) => row.job_uid).sort();
  assert.deepEqual(jobs.items.map(({ metadata }) => metadata.uid).sort(), recorded);
  const pods = uids.parse(JSON.parse(await kubectl(['get', 'pods', '-n', namespace, '-o', 'json'])));
  assert.equal(pods.items.length, count);
}
