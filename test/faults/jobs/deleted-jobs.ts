import assert from 'node:assert/strict';
import { hasCreated, readJobs } from '../../support/recorded-jobs.ts';
import { aNewTask, anInfo, readTask } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { untilRows } from '../round/until-rows.ts';

const hanging = { info: anInfo({ life: 'hang' }) };
const deleted = { status: 'Failed', reason: 'JobDeleted' } as const;
/** Its pods go first, and the Job controller may take that for their failure and the Job's before this is gone, too. */
const deletedWithItsPods = { status: 'Failed' } as const;
const each = 2;
const finalizer = 'nightwatch.test/held';
const looks = 6;

export const jobDeletedByHand: Fault = {
  number: 19,
  event: 'Job deleted by hand, in the background or the foreground, also while nobody leads',
  behaviour: 'Failed(JobDeleted), not created again',
  isInEveryRun: true,
  async play(round) {
    const groups = ['background', 'foreground', 'unseen'] as const;
    for (const prefix of groups) {
      await round.submitBatch(prefix, each, hanging, prefix === 'foreground' ? deletedWithItsPods : deleted);
    }
    for (const prefix of groups) await untilRows(round, prefix, { status: 'Running' });
    for (const cascade of ['background', 'foreground'] as const) await deleteJobs(round, namesOf(cascade), cascade);
    await untilRows(round, 'background', deleted);
    await untilRows(round, 'foreground', deletedWithItsPods);
    const { leader, epoch } = await round.untilLeading();
    leader.process.kill('SIGKILL');
    await deleteJobs(round, namesOf('unseen'));
    await round.startReplica();
    await round.untilLeading({ above: epoch });
    await untilRows(round, 'unseen', deleted);

    const creates = (await round.system.cluster.auditedJobWrites()).filter(hasCreated);
    for (const name of groups.flatMap(namesOf))
      assert.equal(creates.filter((entry) => entry.name === name).length, 1, name);
  },
};

export const jobHeldByFinalizer: Fault = {
  number: 20,
  event: 'Job being deleted, and a finalizer holds it',
  behaviour: 'its row stays until it is gone, and a create under its name waits with back-off',
  async play(round) {
    const { namespace, installation, load } = round;
    const { kubectl } = round.system.cluster;
    const jobs = ['held', 'replaced'];
    const tasks = jobs.map((name) => aNewTask({ namespace, name, ...hanging }));
    await load.submit(tasks, deleted);
    for (const name of jobs) await untilRows(round, name, { status: 'Running' });
    const patch = JSON.stringify({ metadata: { finalizers: [finalizer] } });
    for (const name of jobs) await kubectl(['patch', 'job', name, '-n', namespace, '-p', patch]);
    await deleteJobs(round, jobs);
    await installation.user.query("DELETE FROM task WHERE name = 'replaced'");
    await load.submit([aNewTask({ namespace, name: 'replaced' })], { status: 'Succeeded' });

    const sinceMs = performance.now();
    const asked = () => requestsAbout(round, 'replaced');
    const before = await asked();
    const [waiting] = await untilRows(round, 'replaced', { status: 'Pending', reason: 'NameConflict' });
    assert.match(waiting?.message ?? '', /is being deleted/);
    await patiently('it was looked at again', async () => assert.ok((await asked()) - before > looks));
    const heldMs = performance.now() - sinceMs;
    const requests = (await asked()) - before;
    // A create, the look that its refusal asks for and one at the Job whose row has gone; then a look a second at most.
    assert.ok(requests <= 3 + heldMs / 900, `${requests} requests in ${heldMs} ms`);
    const held = await readTask(installation.user, 'held');
    assert.deepEqual([held.status, held.finished_at], ['Running', null], 'it ends only when its Job is gone');
    const present = await readJobs(round.system.cluster, namespace);
    assert.deepEqual(
      present.filter(({ name, isBeingDeleted }) => isBeingDeleted && !name.startsWith('life-')).map(({ name }) => name),
      jobs,
    );
    const release = JSON.stringify({ metadata: { finalizers: null } });
    for (const name of jobs) await kubectl(['patch', 'job', name, '-n', namespace, '--type=merge', '-p', release]);
  },
};

function namesOf(prefix: string): readonly string[] {
  return Array.from({ length: each }, (_, index) => `${prefix}-${index + 1}`);
}

async function deleteJobs(
  { system, namespace }: Round,
  names: readonly string[],
  cascade: 'background' | 'foreground' = 'background',
): Promise<void> {
  await system.cluster.kubectl(['delete', 'job', ...names, '-n', namespace, `--cascade=${cascade}`, '--wait=false']);
}

/** How many requests about a Job nightwatch has sent by its name. */
async function requestsAbout({ system }: Round, name: string): Promise<number> {
  const entries = await system.cluster.auditedJobRequests();
  return entries.filter((entry) => entry.name === name && entry.user.endsWith(':nightwatch')).length;
}
