import assert from 'node:assert/strict';
import { seedCreateTable, seedInserts } from '../support/seed-table.ts';
import { readTask } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { type Installation, type InstallOptions, install } from './installation.ts';
import type { Platform } from './platform.ts';
import { untilTask } from './until-task.ts';

const seedNamespaces = ['default', 'demo'];

/** Installs nightwatch for the seed's two rows, which are there before it, and shows that their containers run. */
export async function installForSeedRows(
  platform: Platform,
  values: InstallOptions['values'] = {},
): Promise<Installation> {
  await platform.kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } }),
  );
  return install(platform, {
    namespaces: seedNamespaces,
    values,
    beforeInstall: async (user) => {
      for (const statement of [seedCreateTable, ...seedInserts]) await user.query(statement);
    },
  });
}

/** Shows the two rows of the seed to their ends: one sleeps its minute, the other one's Job is deleted meanwhile. */
export async function showSeedRows({ kubectl }: Platform, { user }: Installation): Promise<void> {
  await untilTask(user, 'demo-task-1', { status: 'Running' });
  await untilTask(user, 'demo-task-2', { status: 'Running' });
  assert.equal(await commandIn(kubectl, 'default', 'demo-task-1'), 'sleep 60');
  assert.equal(await commandIn(kubectl, 'demo', 'demo-task-2'), 'sleep 3600');

  await kubectl(['delete', 'job', 'demo-task-2', '-n', 'demo', '--wait=false']);
  await untilTask(user, 'demo-task-2', { status: 'Failed', reason: 'JobDeleted' });
  await until(
    'its container is gone',
    async () => assert.equal(await podsOf(kubectl, 'demo', 'demo-task-2'), ''),
    // A sleep that is process 1 ignores SIGTERM.
    60_000,
  );

  await untilTask(user, 'demo-task-1', { status: 'Succeeded' }, 90_000);
  const { started_at: startedAt, finished_at: finishedAt } = await readTask(user, 'demo-task-1');
  const durationMs = Date.parse(`${finishedAt}Z`) - Date.parse(`${startedAt}Z`);
  assert.ok(durationMs >= 58_000, `it has run for ${durationMs} ms`);
}

function podsOf(kubectl: Platform['kubectl'], namespace: string, job: string): Promise<string> {
  return kubectl(['get', 'pods', '-n', namespace, '-l', `job-name=${job}`, '-o', 'name']);
}

/** What runs in a Job's container as process 1, by its own word. */
async function commandIn(kubectl: Platform['kubectl'], namespace: string, job: string): Promise<string> {
  const words = await kubectl(['exec', '-n', namespace, `job/${job}`, '--', 'cat', '/proc/1/cmdline']);
  return words.replaceAll('\0', ' ').trim();
}
