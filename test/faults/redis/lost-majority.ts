import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTasks } from '../../support/count-tasks.ts';
import { endPods } from '../../support/end-pods.ts';
import { anInfo, readTask } from '../../support/task-rows.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { readJobHistory } from '../history/job-history.ts';
import { untilNobodyLeads } from '../round/leadership.ts';
import { ttlMs } from '../round/lease.ts';
import { untilRows } from '../round/until-rows.ts';

const lostServers = 3;
const burst = 30;

export const lostMajority: Fault = {
  number: 5,
  event: '3 of 5 Redis nodes lost',
  behaviour: 'nobody leads, running Jobs go on, recovery is automatic',
  setUp: { redisServers: 5, loadEveryMs: 200 },
  async play(round) {
    const { user } = round.installation;
    const { epoch } = await round.untilLeading();
    await round.submitBatch('long', 1, { info: anInfo({ life: 'hang' }) });
    const [long] = await untilRows(round, 'long', { status: 'Running' });

    const lost = round.redis.slice(0, lostServers);
    for (const server of lost) server.process.kill('SIGKILL');
    await untilNobodyLeads(round);
    await round.submitBatch('waiting', burst);
    // Long enough for anybody who could take the lock to have taken it.
    await sleep(2 * ttlMs);
    assert.equal(await countTasks(user, "name LIKE 'waiting%' AND status <> 'Normal'"), 0);
    for (const replica of round.replicas) assert.equal((await replica.readyz()).status, 503);
    await endPods(round.system.cluster, { namespace: round.namespace, name: 'long-1' });
    await until('the running Job has gone on to its end', async () => {
      const jobs = readJobHistory(await round.system.cluster.auditedJobRequests());
      assert.ok(jobs.some(({ uid, end }) => uid === long?.job_uid && end === 'Complete'));
    });
    assert.equal((await readTask(user, 'long-1')).status, 'Running');

    for (const server of lost) await server.restart({ keepData: false });
    await round.untilLeading({ above: epoch });
  },
};
