import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { countTasks } from '../../support/count-tasks.ts';
import { aNewTask } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';

const rows = 50_000;
/** One in so many becomes a Job; the others are refused, for so many Jobs would only measure the cluster. */
const realEvery = 50;
const page = 500;
const urgentMs = 15_000;
const doneMs = 200_000;
const mostGrowthMegabytes = 150;

export const flood: Fault = {
  number: 37,
  event: `${rows} Normal rows at once, one in ${realEvery} of them a Job, the others refused`,
  behaviour: 'oldest first, none starves, memory bounded',
  setUp: { loadEveryMs: 1_000, settings: steadyLease },
  async play(round) {
    const { installation, namespace, load } = round;
    const { user } = installation;
    const { leader } = await round.untilLeading();
    const before = await residentMegabytes(leader.process.pid, 'VmRSS');
    const names = Array.from({ length: rows }, (_, index) => `flood-${index + 1}`);
    const isReal = (name: string) => Number(name.slice('flood-'.length)) % realEvery === 0;
    for (const name of names) {
      const end = isReal(name) ? ({ status: 'Succeeded' } as const) : refused;
      load.expect({ namespace, name, ...end });
    }
    const real = aNewTask({ namespace });
    await installation.user.query('INSERT INTO task (name, namespace, info, status) VALUES ?', [
      names.map((name) => [name, namespace, isReal(name) ? real.info : '{', 'Normal']),
    ]);

    await patiently('a part of them is taken', async () => {
      assert.ok((await countTasks(user, "name LIKE 'flood-%' AND attempt > 0")) > 2 * page);
    });
    await round.submitBatch('urgent', 1, { priority: 10 });
    await until(
      'a row of a higher priority has its Job before the others',
      async () => assert.equal(await countTasks(user, "name = 'urgent-1' AND job_uid IS NOT NULL"), 1),
      urgentMs,
    );
    assert.ok((await countTasks(user, "status = 'Normal'")) > 0, 'all others have been taken before');
    await until(
      'all have ended',
      async () => assert.equal(await countTasks(user, "name LIKE 'flood-%' AND finished_at IS NULL"), 0),
      doneMs,
    );
    const most = await residentMegabytes(leader.process.pid, 'VmHWM');
    round.note(`the leader had ${before} MB before and ${most} MB at most`);
    assert.ok(most - before < mostGrowthMegabytes, `it has grown from ${before} MB to ${most} MB`);
    await assertOldestFirst(round);
  },
};

const refused = { status: 'Failed', reason: 'InvalidSpec' } as const;

/** What a process has in memory now, or has had at most. */
async function residentMegabytes(pid: number, what: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return Math.round(Number(kilobytes) / 1_024);
}

/** No row is taken before one that is older, but for those of the same page. */
async function assertOldestFirst({ installation: { user } }: Round): Promise<void> {
  const [taken] = await user.query(`SELECT task_id AS id FROM history
    WHERE JSON_EXTRACT(old_row, '$.attempt') = 0 AND JSON_EXTRACT(new_row, '$.attempt') = 1
      AND JSON_UNQUOTE(JSON_EXTRACT(new_row, '$.name')) LIKE 'flood-%' ORDER BY seq`);
  const ids = z
    .array(z.object({ id: z.coerce.number() }))
    .parse(taken)
    .map(({ id }) => id);
  assert.equal(ids.length, rows);
  const rank = new Map(ids.toSorted((left, right) => left - right).map((id, index) => [id, index]));
  const offPlace = ids.map((id, index) => Math.abs((rank.get(id) ?? 0) - index));
  assert.ok(Math.max(...offPlace) < page, `a row was taken ${Math.max(...offPlace)} places off its own`);
}
