import assert from 'node:assert/strict';
import type { Cluster } from '../../test/support/cluster.ts';
import { until } from '../../test/support/until.ts';
import { fillRows } from '../load/fill-rows.ts';
import { waitingColumns } from '../load/past-tasks.ts';
import { openSite, type Site } from '../stage/open-site.ts';
import { figuresOfLoaded, measureLoaded, tableOfLoaded } from './loaded-time.ts';
import type { Scenario, ScenarioContext } from './scenario.ts';

export const waiting: Scenario = {
  number: 7,
  name: 'waiting',
  what: 'very many rows that wait for room in a quota: what they cost a new row of another namespace',
  async run(context) {
    const { waitingRows, duePerSecond } = context.sizes;
    await using site = await openSite(context, {
      namespaces: 2,
      furnish: (cluster, [, full = '']) => closeByQuota(cluster, full),
    });
    const times = [await measureLoaded(context, site, 1, 'nothing waits')];
    context.progress.step(`making ${waitingRows} rows that wait`);
    await fillRows(site.scene.user, {
      columns: waitingColumns(site.place.otherNamespaces?.[0] ?? ''),
      from: 1,
      count: waitingRows,
    });
    times.push(await measureLoaded(context, site, 2, `${waitingRows} rows wait`));
    await makeDue(context, site);
    times.push(await measureLoaded(context, site, 3, `${duePerSecond} of them fall due each second`));
    return { tables: [tableOfLoaded(times)], goals: [], charts: [], notes: [], figures: times.map(figuresOfLoaded) };
  },
};

/** Lets no Job into a namespace; resolves when the quota is in force. */
async function closeByQuota({ kubectl }: Cluster, namespace: string): Promise<void> {
  await kubectl(['create', 'quota', 'closed', '--hard=count/jobs.batch=0', '-n', namespace]);
  const used = () => kubectl(['get', 'quota', 'closed', '-n', namespace, '-o', 'jsonpath={.status.used}']);
  await until('the quota is in force', async () => assert.match(await used(), /count\/jobs\.batch/));
}

/** Spreads the ends of waits evenly over the time that is measured next, and beyond. */
async function makeDue({ sizes: { duePerSecond, waitingRows } }: ScenarioContext, { scene }: Site): Promise<void> {
  await scene.user.query(
    `UPDATE task SET next_check_at = UTC_TIMESTAMP(3) + INTERVAL (id * ${Math.round(1_000_000 / duePerSecond)}) MICROSECOND
     WHERE id <= ${waitingRows}`,
  );
}
