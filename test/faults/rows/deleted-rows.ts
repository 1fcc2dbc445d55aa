import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJobs } from '../../support/recorded-jobs.ts';
import { countLogged } from '../../support/replica-log.ts';
import { aNewTask, anInfo, insertTasks, readTasks, type TaskRow } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';

const count = 3;
/** Three resyncs of the round: what loops shows itself in less. */
const idleMs = 6_000;

export const deletedRows: Fault = {
  number: 28,
  event: 'row deleted while its Job runs',
  behaviour: 'the Job is kept and reported, deleted by choice; nothing loops',
  flavours: ['mariadb', 'mysql'],
  setUp: { loadEveryMs: 200, settings: steadyLease },
  async play(round) {
    await round.untilLeading();
    const kept = await run(round, 'kept');
    await deleteRows(round, kept);
    await patiently('they are reported', async () => {
      assert.equal(await countLogged(round.replicas, /a job runs that no row carries, it is kept/), count);
      const answers = await Promise.all(round.replicas.map((replica) => replica.readyz()));
      assert.ok(answers.some(({ text }) => text.includes(`${count} jobs run that no row carries`)));
    });
    await assertQuiet(round, kept);
    const present = new Set((await readJobs(round.system.cluster, round.namespace)).map(({ uid }) => uid));
    for (const { job_uid, name } of kept) assert.ok(present.has(job_uid ?? ''), name);

    await round.stopReplicas();
    await round.startReplica({ settings: { NIGHTWATCH_ORPHANS: 'delete' } });
    await untilGone(round, kept);
    const removed = await run(round, 'removed');
    await deleteRows(round, removed);
    await untilGone(round, removed);
    await assertQuiet(round, [...kept, ...removed]);
  },
};

/** They come to nothing that the checker could expect: their rows will be gone. */
async function run({ namespace, installation: { user } }: Round, prefix: string): Promise<readonly TaskRow[]> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
  await insertTasks(
    user,
    names.map((name) => aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) })),
  );
  return patiently('they run', async () => {
    const rows = await readTasks(user, "name IN (?) AND status = 'Running'", [names]);
    assert.equal(rows.length, count);
    return rows;
  });
}

async function deleteRows({ explained, installation: { user } }: Round, rows: readonly TaskRow[]): Promise<void> {
  for (const { job_uid } of rows) explained.add(job_uid ?? '');
  await user.query('DELETE FROM task WHERE id IN (?)', [rows.map(({ id }) => id)]);
}

async function untilGone({ system, namespace }: Round, rows: readonly TaskRow[]): Promise<void> {
  const jobs = rows.map(({ job_name }) => `job/${job_name}`);
  await system.cluster.kubectl(['wait', '--for=delete', '--timeout=60s', '-n', namespace, ...jobs]);
}

/** Nobody asks for these Jobs any more, and nobody speaks of them. */
async function assertQuiet(round: Round, rows: readonly TaskRow[]): Promise<void> {
  const before = await tracesOf(round, rows);
  await sleep(idleMs);
  assert.deepEqual(await tracesOf(round, rows), before);
}

async function tracesOf({ system, replicas }: Round, rows: readonly TaskRow[]): Promise<object> {
  const names = new Set(rows.map(({ job_name }) => job_name ?? ''));
  const requests = (await system.cluster.auditedJobRequests()).filter(
    ({ userAgent, name = '' }) => userAgent.startsWith('nightwatch/') && names.has(name),
  );
  const lines = await countLogged(replicas, new RegExp(`"(${[...names].join('|')})"`));
  return { requests: requests.length, lines };
}
