import assert from 'node:assert/strict';
import { z } from 'zod';
import { endPods } from '../../support/end-pods.ts';
import { createJobByHand } from '../../support/hand-made-job.ts';
import { aNewTask, anInfo, insertTasks, readTasks } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { untilRows } from '../round/until-rows.ts';

const conflict = { status: 'Failed', reason: 'NameConflict' } as const;
const anotherInstallation = {
  installation: '00000000-0000-4000-8000-000000000000',
  rowKey: '00000000-0000-4000-8000-000000000001',
  attemptId: '00000000-0000-4000-8000-000000000002',
  taskId: '1',
  attempt: 1,
};
const foreignJobs = [
  { name: 'foreign-nobodys' },
  { name: 'foreign-ended', life: 'succeed' },
  { name: 'foreign-anothers', labels: anotherInstallation },
] as const;

export const foreignJob: Fault = {
  number: 25,
  event: 'a foreign Job has the name, also one of another installation',
  behaviour: 'untouched; Failed(NameConflict)',
  isInEveryRun: true,
  async play(round) {
    const { namespace, system } = round;
    for (const job of foreignJobs) await createJobByHand(system.cluster, { namespace, ...job });
    const before = await readForeign(round);
    await round.load.submit(
      foreignJobs.map(({ name }) => aNewTask({ namespace, name })),
      conflict,
    );
    for (const { message } of await untilRows(round, 'foreign-', conflict))
      assert.match(message ?? '', /not nightwatch's/);
    assert.deepEqual(await readForeign(round), before);
    // The API server logs a request when it has answered it, which a slow disk makes later.
    await patiently('the log of the API server has what was tried', async () => {
      const writes = (await system.cluster.auditedJobWrites()).filter(({ name }) => name?.startsWith('foreign-'));
      const byNightwatch = writes.filter(({ user }) => user.endsWith(':nightwatch'));
      assert.deepEqual(new Set(byNightwatch.map(({ verb, code }) => `${verb} ${code}`)), new Set(['create 409']));
    });
  },
};

// The one that would remove most.
const eager = { NIGHTWATCH_ORPHANS: 'delete', NIGHTWATCH_WATCHERS: 'resync=@every 500ms' };
const shared = ['shared-1', 'shared-2', 'shared-3'];

export const twoInstallations: Fault = {
  number: 42,
  event: 'two installations in one namespace, and a replica with a mistyped lock name',
  behaviour: 'they never touch the Jobs of each other; the mistyped replica is not ready and does not lead',
  isInEveryRun: true,
  setUp: { settings: { ...steadyLease, ...eager } },
  async play(round) {
    const { namespace, system } = round;
    await round.load.submit(
      shared.map((name) => aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) })),
      { status: 'Succeeded' },
    );
    await untilRows(round, 'shared-', { status: 'Running' });
    const mistyped = await round.startReplica({ settings: { NIGHTWATCH_LOCK_NAME: 'nightwacth' } });
    await using other = await system.prepare(round.flavour, { namespaces: [namespace] });
    const otherReplica = await other.start({ settings: eager });
    const own = Array.from({ length: 20 }, (_, index) => `other-${index + 1}`);
    await insertTasks(
      other.user,
      [...shared, ...own].map((name) => aNewTask({ namespace, name })),
    );

    await patiently('the other installation fails what conflicts, and runs the rest', async () => {
      const rows = await readTasks(other.user);
      const states = rows.map(({ name, status, reason }) => [name, status, reason]);
      assert.deepEqual(states, [
        ...shared.map((name) => [name, 'Failed', 'NameConflict']),
        ...own.map((name) => [name, 'Succeeded', null]),
      ]);
    });
    await patiently('the mistyped replica says why it does not lead', async () => {
      const { status, text } = await mistyped.readyz();
      assert.equal(status, 503);
      assert.match(text, /^\[-\]leadership .*nightwacth/m);
    });
    assert.doesNotMatch(await mistyped.log(), /"msg":"leading"/);
    // Its Jobs lie in the namespace still: the round's checker sees that nobody took them for its own.
    await otherReplica.process.stop();
    const recorded = (await readTasks(other.user)).flatMap(({ job_uid }) => job_uid ?? []);
    const writes = await system.cluster.auditedJobWrites();
    const either = new Set<string | undefined>([...shared, ...own]);
    const removed = writes.filter(
      ({ verb, user, name }) => verb === 'delete' && user.endsWith(':nightwatch') && either.has(name),
    );
    assert.deepEqual(removed, []);
    assert.equal(new Set(recorded).size, own.length);
    await untilRows(round, 'shared-', { status: 'Running' });
    for (const name of shared) await endPods(system.cluster, { namespace, name });
  },
};

const jobList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string(),
        generation: z.number(),
        labels: z.record(z.string(), z.string()).optional(),
        annotations: z.record(z.string(), z.string()).optional(),
        deletionTimestamp: z.string().optional(),
      }),
      spec: z.unknown(),
    }),
  ),
});

/** Without the status, which is the Job controller's. */
async function readForeign({ namespace, system }: Round): Promise<readonly unknown[]> {
  const text = await system.cluster.kubectl(['get', '--raw', `/apis/batch/v1/namespaces/${namespace}/jobs`]);
  return jobList.parse(JSON.parse(text)).items.filter(({ metadata }) => metadata.name.startsWith('foreign-'));
}
