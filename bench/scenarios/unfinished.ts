import { createUnfinished } from '../load/create-unfinished.ts';
import { openSite } from '../stage/open-site.ts';
import { describeUnfinished } from './describe-unfinished.ts';
import { measureStart } from './measure-start.ts';
import type { Scenario } from './scenario.ts';
import { pagingMs, sentinelsOf } from './takeover.ts';

/** What is to be left of the scenario's time when the last Job is made, beside the idle time. */
const reserveMs = 120_000;

export const unfinished: Scenario = {
  number: 5,
  name: 'unfinished',
  what: 'very many tasks that run: what it takes to start among them, to follow them, and to start again',
  async run(context) {
    const { unfinishedTasks, idleSeconds } = context.sizes;
    await using site = await openSite(context);
    const ids = await createUnfinished(site, {
      count: unfinishedTasks,
      latestMs: context.endsAtMs - idleSeconds * 1_000 - reserveMs,
      onProgress: (created) => context.progress.step(`${created} of ${unfinishedTasks} unfinished tasks`),
    });
    const step = (text: string) => context.progress.step(`${ids.length} unfinished tasks: ${text}`);
    step('paging the list of their Jobs');
    const pagedMs = [await pagingMs(site), await pagingMs(site)];
    step('first start');
    const first = await measureStart(context, site, sentinelsOf(ids, 0));
    step('second start');
    const again = await measureStart(context, site, sentinelsOf(ids, 1));
    return describeUnfinished(context, { tasks: ids.length, pagedMs, first, again });
  },
};
