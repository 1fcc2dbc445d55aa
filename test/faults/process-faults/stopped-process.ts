import assert from 'node:assert/strict';
import { createsJob } from '../../support/api-proxy.ts';
import { countTasks } from '../../support/count-tasks.ts';
import { readTerms, untilLogged } from '../../support/replica-log.ts';
import { untilLeading } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import { readJobHistory } from '../history/job-history.ts';
import { readRowHistory } from '../history/row-history.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';

const burst = 40;
const drainsWithinMs = 5_000;
const atOnceMs = 1_000;

export const stoppedProcess: Fault = {
  number: 34,
  event: 'SIGTERM while creating; a second SIGTERM',
  behaviour: 'drains, records, releases the lock last, exit 0; the second ends at once',
  isInEveryRun: true,
  setUp: { loadEveryMs: 200, settings: steadyLease },
  async play(round) {
    await stopWhileCreating(round);
    await stopTwice(round);
  },
};

async function stopWhileCreating(round: Round): Promise<void> {
  const { user } = round.installation;
  const { leader, epoch, others } = await round.untilLeading();
  await round.submitBatch('drained', burst);
  await until('Jobs are being made', async () => {
    assert.ok((await countTasks(user, "name LIKE 'drained%' AND job_uid IS NOT NULL")) > 0);
  });
  const askedAtMs = performance.now();
  leader.process.kill('SIGTERM');
  await leader.process.exited;

  assert.ok(performance.now() - askedAtMs < drainsWithinMs, `it took ${performance.now() - askedAtMs} ms`);
  assert.equal(leader.process.exitCode, 0);
  const next = await untilLeading(others, { above: epoch });
  const terms = await readTerms(round.replicas);
  const former = terms.find((term) => term.epoch === epoch);
  const successor = terms.find((term) => term.epoch === next.epoch);
  assert.equal(former?.reason, 'released');
  await assertRecorded(round, epoch);
  round.note(`the next led ${(successor?.beganAtMs ?? 0) - (former?.endedAtMs ?? 0)} ms after the release`);
  await round.startReplica();
}

async function stopTwice(round: Round): Promise<void> {
  const { leader, epoch } = await round.untilLeading();
  const held = leader.ways.requests.intercept(createsJob, { kind: 'hold' });
  await round.submitBatch('abandoned', burst);
  await until('creates are on their way', () => assert.ok(held.seen.length > 0));
  leader.process.kill('SIGTERM');
  await untilLogged(leader, 'stopping: finishing what is in flight');
  assert.ok(leader.process.isRunning, 'it waits for what is in flight');

  const askedAtMs = performance.now();
  leader.process.kill('SIGTERM');
  await leader.process.exited;
  assert.ok(performance.now() - askedAtMs < atOnceMs, `it took ${performance.now() - askedAtMs} ms`);
  assert.equal(leader.process.exitCode, 128 + 15);
  await round.startReplica();
  await round.untilLeading({ above: epoch });
  // Now the creates arrive that the dead one had sent.
  held.stop();
}

/** What a term has created it has also recorded: nothing of it is left for the successor to find. */
async function assertRecorded({ system, installation }: Round, epoch: number): Promise<void> {
  const jobs = readJobHistory(await system.cluster.auditedJobRequests());
  const created = jobs.filter((job) => job.kind === 'create' && job.epoch === epoch);
  const { rows } = await readRowHistory(installation.user);
  const recorded = new Set(rows.flatMap(({ after }) => (after?.epoch === epoch ? [after.job_uid] : [])));
  const forgotten = created.filter(({ uid }) => !recorded.has(uid));
  assert.deepEqual(forgotten, [], 'Jobs that it has created and not recorded');
}
