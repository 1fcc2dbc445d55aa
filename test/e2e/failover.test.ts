import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTasks } from '../support/task-rows.ts';
import { until } from '../support/until.ts';
import { install } from './installation.ts';
import { insertLoad, showEveryTaskRanOnce } from './load.ts';
import { openPlatform } from './platform.ts';
import { replicaThatLeads } from './replicas.ts';
import { readSurroundings } from './surroundings.ts';

const timeout = 300_000;

describe('a leader whose pod is deleted at once, without grace', { timeout }, () => {
  it('is followed by the other replica, and no task is lost or run twice', async () => {
    await using platform = await openPlatform(readSurroundings());
    const namespace = await platform.createNamespace('tasks');
    await using installation = await install(platform, { namespaces: [namespace] });
    const { user } = installation;
    const former = await until('a replica leads', () => replicaThatLeads(user));
    await insertLoad(user, namespace, 40);
    await until('a part of the load is under way', async () => {
      const begun = await readTasks(user, 'job_uid IS NOT NULL');
      assert.ok(begun.length >= 10, `${begun.length} have a Job`);
    });

    await platform.kubectl([
      ...['delete', 'pod', former.pod, '-n', installation.namespace],
      ...['--grace-period=0', '--force'],
    ]);

    await until('another replica leads', async () => {
      const leader = await replicaThatLeads(user);
      assert.notEqual(leader.pod, former.pod);
      assert.ok(leader.epoch > former.epoch);
    });
    await showEveryTaskRanOnce(platform, user, namespace, 40);
  });
});
