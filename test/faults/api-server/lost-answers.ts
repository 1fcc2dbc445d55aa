import assert from 'node:assert/strict';
import { createsJob } from '../../support/api-proxy.ts';
import { endPods } from '../../support/end-pods.ts';
import { hasCreated, readJobs } from '../../support/recorded-jobs.ts';
import { aNewTask, anInfo, readTask } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { untilRows } from '../round/until-rows.ts';

const ways = ['error', 'end', 'silence'] as const;
const each = 4;

export const lostAnswers: Fault = {
  number: 14,
  event: 'create persisted, answer lost (500, reset, time-out), and the watch says nothing meanwhile',
  behaviour: 'GET, adopt; exactly one Job',
  isInEveryRun: true,
  setUp: { settings: steadyLease },
  async play(round) {
    const { leader } = await round.untilLeading();
    const { requests } = leader.ways;
    // Else it would tell of the Job before anybody looks for it.
    requests.silenceWatches();
    const lost = ways.map((how) =>
      requests.intercept(
        (request) => createsJob(request) && request.body.includes(`"lost-by-${how}-`),
        { kind: 'lose the answer', how },
        each,
      ),
    );
    for (const how of ways) await round.submitBatch(`lost-by-${how}`, each);
    await patiently('each create was carried out', () => {
      for (const { answers } of lost)
        assert.deepEqual(
          answers,
          Array.from({ length: each }, () => 201),
        );
    });
    for (const how of ways) {
      const rows = await untilRows(round, `lost-by-${how}-`, { status: 'Pending' });
      assert.equal(rows.length, each);
      await patiently('each Job is adopted without a word of the watch', async () => {
        for (const { name } of rows) assert.ok((await readTask(round.installation.user, name)).job_uid, name);
      });
    }
    const creates = (await round.system.cluster.auditedJobWrites()).filter(hasCreated);
    assert.equal(creates.filter(({ name }) => name?.startsWith('lost-by-')).length, ways.length * each);
    requests.passWatches();
  },
};

const late = ['late-refused', 'late-ended', 'late-again'];

export const lateCreates: Fault = {
  number: 15,
  event: "a dead leader's create arrives late, also after the attempt has ended and its Job was deleted",
  behaviour: '409 for one of the two, or a leftover: removed by uid, never counted',
  setUp: { settings: steadyLease },
  async play(round) {
    const { namespace, installation, load, system } = round;
    const { kubectl } = system.cluster;
    const { leader, epoch } = await round.untilLeading();
    const held = leader.ways.requests.intercept(
      (request) => createsJob(request) && request.body.includes('"late-'),
      { kind: 'hold' },
      late.length,
    );
    await load.submit(
      late.map((name) => aNewTask({ namespace, name, info: anInfo({ life: 'hang' }) })),
      { status: 'Succeeded' },
    );
    await patiently('the creates are on their way', () => assert.equal(held.seen.length, late.length));
    leader.process.kill('SIGKILL');
    await round.startReplica();
    await round.untilLeading({ above: epoch });
    await untilRows(round, 'late-', { status: 'Running' });
    for (const name of ['late-ended', 'late-again']) {
      await endPods(system.cluster, { namespace, name });
      await untilRows(round, name, { status: 'Succeeded' });
      await kubectl(['delete', 'job', name, '-n', namespace]);
    }
    await installation.user.query("UPDATE task SET status = 'Normal' WHERE name = 'late-again'");
    const [second] = await untilRows(round, 'late-again', { status: 'Running' });
    assert.equal(second?.attempt, 2);
    const ended = await readTask(installation.user, 'late-ended');

    held.release();

    await patiently('the creates are answered', () => assert.deepEqual(held.answers.toSorted(), [201, 201, 409]));
    await patiently('what they made is removed', async () => {
      const names = (await readJobs(system.cluster, namespace)).map(({ name }) => name);
      assert.deepEqual(
        names.filter((name) => name === 'late-ended' || name === 'late-again'),
        [],
      );
    });
    assert.deepEqual(await readTask(installation.user, 'late-ended'), ended, 'it was never counted');
    assert.deepEqual(await readTask(installation.user, 'late-again'), second);
    await endPods(system.cluster, { namespace, name: 'late-refused' });
    await endPods(system.cluster, { namespace, name: second.job_name ?? '' });
  },
};
