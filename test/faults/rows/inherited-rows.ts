import assert from 'node:assert/strict';
import { endPods } from '../../support/end-pods.ts';
import { createJobByHand } from '../../support/hand-made-job.ts';
import { hasCreated } from '../../support/recorded-jobs.ts';
import { aNewTask, insertTasks, readTask, readTasks } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';

const statuses = ['Pending', 'Running', 'Unknown'] as const;
type Kind = 'hangs' | 'ended' | 'without';

/** What the seed has left: a row and the Job that it had made by the row's name, with no label and no uid. */
interface Inheritance {
  readonly name: string;
  readonly status: (typeof statuses)[number];
  readonly kind: Kind;
}

const inheritances = (['hangs', 'ended', 'without'] as const).flatMap((kind) =>
  statuses.map((status): Inheritance => ({ name: `${kind}-${status.toLowerCase()}`, status, kind })),
);
const replaced = 'hangs-unknown';

export const inheritedRows: Fault = {
  number: 45,
  event: "rows left open by the seed's own nightwatch (Pending, Running, Unknown, no uid, unlabelled Jobs)",
  behaviour: 'followed by name until they end, recorded by uid, never created again',
  flavours: ['mariadb', 'mysql'],
  isInEveryRun: true,
  setUp: { replicas: 0, loadEveryMs: 300, settings: steadyLease },
  async play(round) {
    const { system, namespace, installation } = round;
    const { cluster } = system;
    const uids = await leaveBehind(round);
    await round.startReplica();
    await round.startReplica();
    const { leader, epoch } = await round.untilLeading();
    await patiently('they are taken over', async () => {
      const rows = await readTasks(installation.user, 'name IN (?)', [inheritances.map(({ name }) => name)]);
      for (const row of rows) {
        assert.notEqual(row.attempt_id, null, row.name);
        assert.equal(row.job_uid, uids.get(row.name) ?? null, row.name);
      }
    });

    // Somebody's Job of the same name is not the one that was recorded.
    await cluster.kubectl(['delete', 'job', replaced, '-n', namespace]);
    await createJobByHand(cluster, { name: replaced, namespace });
    await endPods(cluster, { namespace, name: 'hangs-pending' });
    await endPods(cluster, { namespace, name: 'hangs-running' }, 'Failed');
    // The next leader knows them only by what is recorded, and need not wait for its first look.
    leader.process.kill('SIGKILL');
    await round.startReplica();
    await round.untilLeading({ above: epoch });
    for (const { name } of inheritances) {
      await patiently(`${name} has ended`, async () => {
        assert.notEqual((await readTask(installation.user, name)).finished_at, null);
      });
    }
    const own = (await cluster.auditedJobWrites()).filter(
      (write) => hasCreated(write) && write.userAgent.startsWith('nightwatch/'),
    );
    const again = own.filter(({ name }) => inheritances.some((inherited) => inherited.name === name));
    assert.deepEqual(again, [], 'none of them was created again');
  },
};

/** Leaves rows and Jobs as the seed would have, and says what they come to; returns the uids of the Jobs. */
async function leaveBehind(round: Round): Promise<ReadonlyMap<string, string>> {
  const { system, namespace, load, installation } = round;
  const uids = new Map<string, string>();
  for (const { name, kind } of inheritances) {
    load.expect({ namespace, name, ...endOf(name, kind) });
    if (kind === 'without') continue;
    const life = kind === 'hangs' ? 'hang' : 'exit 3';
    uids.set(name, await createJobByHand(system.cluster, { name, namespace, life }));
  }
  await insertTasks(
    installation.user,
    inheritances.map(({ name, status }) => aNewTask({ namespace, name, status })),
  );
  return uids;
}

function endOf(name: string, kind: Kind): { readonly status: 'Succeeded' | 'Failed'; readonly reason?: string } {
  if (kind === 'without' || name === replaced) return { status: 'Failed', reason: 'JobDeleted' };
  if (name === 'hangs-pending') return { status: 'Succeeded' };
  return { status: 'Failed', reason: 'BackoffLimitExceeded' };
}
