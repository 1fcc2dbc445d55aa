import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTasks } from '../../support/count-tasks.ts';
import { assertCreatedOnce } from '../../support/recorded-jobs.ts';
import type { RestartableServer } from '../../support/restartable-server.ts';
import type { Fault } from '../fault.ts';
import { untilNobodyLeads } from '../round/leadership.ts';
import { untilRecorded } from '../round/until-recorded.ts';
import { writesBesideLives } from '../round/writes-beside-lives.ts';

const burst = 40;
// After 15 s without the API server a leader gives up; the rest is for candidates to meet its absence.
const givesUpMs = 30_000;
const longerMs = 10_000;

export const absentCluster: Fault = {
  number: 40,
  event: 'the whole cluster is away for longer than a leader waits for it',
  behaviour: 'resumes by itself; each task is dispatched once',
  setUp: { loadEveryMs: 250 },
  async play(round) {
    const { controlPlane } = round.system.cluster;
    const { user } = round.installation;
    const servers = [controlPlane.controllerManager, controlPlane.apiServer, controlPlane.etcd];
    const { epoch } = await round.untilLeading();
    await round.submitBatch('under-way', burst);
    await sleep(round.random.between(0, 500));

    for (const server of servers) server.kill('SIGKILL');
    await untilNobodyLeads(round, givesUpMs);
    for (const replica of round.replicas) assert.match((await replica.readyz()).text, /^\[-\]kubernetes/m);
    await round.submitBatch('meanwhile', burst);
    await sleep(longerMs);
    await startAgain(servers.toReversed());

    await round.untilLeading({ above: epoch });
    for (const prefix of ['under-way', 'meanwhile']) await untilRecorded(round, prefix);
    const again = await countTasks(user, "attempt > 1 AND name NOT LIKE 'life-%'");
    assert.equal(again, 0, 'tasks that were dispatched again');
    assertCreatedOnce(await writesBesideLives(round));
  },
};

/** One after the other, as each needs the one before; with the data that they had. */
async function startAgain(servers: readonly RestartableServer[]): Promise<void> {
  for (const server of servers) await server.start();
}
