import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { insertTasks } from '../support/task-rows.ts';
import { install } from './installation.ts';
import { openPlatform } from './platform.ts';
import { readSurroundings } from './surroundings.ts';
import { untilTask } from './until-task.ts';

const timeout = 300_000;

describe('the chart', { timeout }, () => {
  it('has a test that tells, from inside the cluster, that every replica is ready', async () => {
    await using platform = await openPlatform(readSurroundings());
    const namespace = await platform.createNamespace('tasks');
    await using installation = await install(platform, { namespaces: [namespace], values: { replicaCount: 3 } });

    const report = await platform.helm.run(['test', 'nightwatch', '-n', installation.namespace, '--logs']);

    assert.match(report, /^Phase: +Succeeded$/m);
    assert.equal(report.match(/^readyz check passed$/gm)?.length, 3, report);
    assert.equal(report.match(/^\[\+\]leadership ok: leads/gm)?.length, 1, report);
  });

  it('migrates by a hook before there is a replica, and works under the policy of its account', async () => {
    await using platform = await openPlatform(readSurroundings());
    const namespace = await platform.createNamespace('tasks');
    const values = {
      migrations: { mode: 'hook' },
      admissionPolicy: { enabled: true },
      // Objects of the cluster need a name of their own.
      fullnameOverride: namespace,
    };
    await using installation = await install(platform, { namespaces: [namespace], values });

    const info = JSON.stringify({ image: 'busybox', command: ['true'] });
    await insertTasks(installation.user, [{ name: 'guarded', namespace, info, status: 'Normal' }]);
    await untilTask(installation.user, 'guarded', { status: 'Succeeded' });
  });
});
