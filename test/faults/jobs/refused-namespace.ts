import assert from 'node:assert/strict';
import { countTasks } from '../../support/count-tasks.ts';
import { anInfo } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { untilRows } from '../round/until-rows.ts';
import { assertFewRefusals, shortestWaitMs } from './few-refusals.ts';

const burst = 60;

export const takenRights: Fault = {
  number: 23,
  event: 'RoleBinding removed and put back',
  behaviour: 'the reason is in the row, back-off, no row fails for it; other namespaces are not delayed',
  setUp: { settings: steadyLease, untouchedNamespaces: 1, bounds: { untouchedMs: shortestWaitMs } },
  async play(round) {
    const { namespace, system } = round;
    const { kubectl } = system.cluster;
    await round.submitBatch(
      'hanging',
      4,
      { info: anInfo({ life: 'hang' }) },
      { status: 'Failed', reason: 'JobDeleted' },
    );
    await untilRows(round, 'hanging-', { status: 'Running' });
    const { leader } = await round.untilLeading();
    await kubectl(['delete', 'rolebinding', 'nightwatch', '-n', namespace]);
    // The watch still tells of it, but nobody may look whether it is true.
    await kubectl(['delete', 'job', 'hanging-1', 'hanging-2', '-n', namespace, '--wait=false']);
    await patiently('the looks are refused', async () => {
      const refused = (await system.cluster.auditedJobRequests()).filter(
        ({ verb, code, name }) => verb === 'get' && code === 403 && name?.startsWith('hanging-'),
      );
      assert.deepEqual(new Set(refused.map(({ name }) => name)), new Set(['hanging-1', 'hanging-2']));
    });
    leader.ways.requests.cutWatches();
    await round.submitBatch('refused', burst);
    const refused = await untilRows(round, 'refused-', { status: 'Pending', reason: 'Forbidden' });
    for (const { message } of refused) assert.match(message ?? '', /cannot create resource "jobs"/);
    await patiently('readiness says so', async () => {
      const { status, text } = await leader.readyz();
      assert.equal(status, 200);
      assert.match(text, new RegExp(`^\\[\\+\\]jobs ok: 1 namespaces are followed.*${namespace}: .*forbidden`, 'm'));
    });
    await kubectl(['delete', 'job', 'hanging-3', 'hanging-4', '-n', namespace, '--wait=false']);
    await untilRows(round, 'hanging-', { status: 'Running' });
    await assertFewRefusals(round);
    await system.cluster.allowNamespace(namespace);
  },
};

export const exceededQuota: Fault = {
  number: 22,
  event: 'quota exceeded',
  behaviour: 'waits with the reason in the row, goes on when there is room; other namespaces are not delayed',
  setUp: {
    settings: steadyLease,
    untouchedNamespaces: 1,
    isNamespaceLoaded: false,
    bounds: { untouchedMs: shortestWaitMs },
  },
  async play(round) {
    const room = 3;
    await applyQuota(round, room);
    await round.submitBatch('counted', burst);
    const { user } = round.installation;
    await patiently('there are Jobs for as many rows as there is room for, and the others wait', async () => {
      const waiting = await countTasks(
        user,
        "name LIKE 'counted-%' AND status = 'Pending' AND reason = 'QuotaExceeded'",
      );
      assert.equal(waiting, burst - room);
    });
    assert.equal(await countTasks(user, "name LIKE 'counted-%' AND job_uid IS NOT NULL"), room);
    await applyQuota(round, burst);
  },
};

/** Room for this many Jobs in the round's namespace; resolves when the API server counts by it. */
async function applyQuota({ namespace, system }: Round, jobs: number): Promise<void> {
  const { kubectl } = system.cluster;
  const spec = { hard: { 'count/jobs.batch': String(jobs) } };
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'jobs' }, spec };
  await kubectl(['apply', '-n', namespace, '-f', '-'], JSON.stringify(quota));
  const counted = `--for=jsonpath={.status.hard.count/jobs\\.batch}=${jobs}`;
  await kubectl(['wait', counted, '--timeout=30s', '-n', namespace, 'resourcequota/jobs']);
}
