import assert from 'node:assert/strict';
import { createsJob } from '../../support/api-proxy.ts';
import { refusals } from '../../support/api-refusals.ts';
import { countTasks } from '../../support/count-tasks.ts';
import { startFakeKubelet } from '../../support/fake-kubelet.ts';
import { untilLeading } from '../../support/replicas.ts';
import type { Fault, RoundSetUp } from '../fault.ts';
import { crashPointVariable } from '../process/crash-points.ts';
import { faultyProcess } from '../process/node-arguments.ts';
import { untilBack } from '../round/leadership.ts';
import type { Life } from '../round/life.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import type { RoundReplica } from '../round/round-replica.ts';
import { goesOn, untilStopped } from '../round/until-stopped.ts';
import { usualLives } from '../round/usual-lives.ts';

/** Between any two steps of carrying out a wish: what the next leader finds is different at each. */
const wishPoints = [
  'before recordEnding 1',
  'after recordEnding 1',
  'after storeOpenLog 1',
  'before remove 1',
  'after remove 1',
  'before answerCancel 1',
  'after answerCancel 1',
  'before hold 1',
  'after hold 1',
  'after resume 1',
  'before recordHeld 1',
  'after recordHeld 1',
  'after recordResumed 1',
  'before suspend 1',
  'after suspend 1',
];

/** The same of an end and what follows it: another attempt, its log, its clean-up. */
const endPoints = [
  'before archiveAttempts 1',
  'after archiveAttempts 1',
  'before recordEnd 1',
  'after recordEnd 1',
  'before recordRetry 1',
  'after recordRetry 1',
  'before storeLog 1',
  'after storeLog 1',
  'before intendCleanUp 1',
  'after intendCleanUp 1',
  'before confirmCleanUp 1',
  'after confirmCleanUp 1',
];

/** What a leader still has in its hands when it wakes, and its successor has done meanwhile. */
const pausePoints = [
  'before recordEnding 1',
  'before remove 1',
  'before answerCancel 1',
  'before recordHeld 1',
  'before suspend 1',
  'before recordRetry 1',
  'before recordEnd 1',
  'before storeLog 1',
  'before intendCleanUp 1',
  'before confirmCleanUp 1',
];

const held = '-held-waiting';
const lives: readonly Life[] = [
  ...usualLives,
  {
    kind: held.slice(1),
    task: () => ({}),
    end: { status: 'Succeeded', attempts: 1 },
    async act(row) {
      await row.untilStatus('Pending');
      await row.want('Suspend');
      await row.untilStatus('Suspended');
      await row.want('Run');
    },
  },
];

const setUp: RoundSetUp = {
  replicas: 0,
  // The lives are the load: each leader meets a set of its own.
  loadEveryMs: 1_000,
  settings: { NIGHTWATCH_WATCHERS: 'resync=@every 2s;clean-up=@every 500ms' },
};

export const crashedWishes: Fault = {
  number: 47,
  event: 'crash between any two steps of a cancel, a hold and a resume',
  behaviour: 'the next leader goes on; nothing is half cancelled or half held',
  flavours: ['mariadb', 'mysql'],
  setUp,
  play: (round) => crashAt(round, wishPoints),
};

export const crashedEnds: Fault = {
  number: 48,
  event: 'crash between any two steps of an end, a retry, the storing of a log and a clean-up',
  behaviour: 'the next leader goes on; each end and log is kept before anything is deleted',
  flavours: ['mariadb', 'mysql'],
  setUp,
  play: (round) => crashAt(round, endPoints),
};

export const pausedLives: Fault = {
  number: 49,
  event:
    'leader stopped for longer than its lease in the middle of a cancel, a hold, a retry, an end, a log, a clean-up',
  behaviour: 'what it still had in its hands changes no row; a successor goes on meanwhile',
  setUp,
  async play(round) {
    round.own(await startFakeKubelet(round.system.cluster));
    for (const [index, point] of pausePoints.entries()) {
      const paused = await startFaulty(round, `${point} by SIGSTOP`);
      const { epoch } = await round.untilLeading();
      await live(round, `paused-${index + 1}`, point, paused);
      await untilStopped(paused);
      const successor = await round.startReplica();
      await untilLeading([successor], { above: epoch });
      await untilGoneOn(round, epoch);
      const wokenAtMs = Date.now();
      paused.process.kill('SIGCONT');
      const came = await untilBack(round, paused, epoch);
      const writes = await round.system.cluster.auditedJobWrites();
      const late = writes.filter(
        ({ userAgent, receivedAt }) => userAgent.includes(`epoch ${epoch})`) && Date.parse(receivedAt) > wokenAtMs,
      );
      round.note(
        `stopped ${point}: it ${came}, ${late.map(({ verb, code }) => `${verb} ${code}`).join(', ') || 'no'} late`,
      );
      await round.stopReplicas();
    }
    await round.startReplica();
  },
};

async function crashAt(round: Round, points: readonly string[]): Promise<void> {
  round.own(await startFakeKubelet(round.system.cluster));
  for (const [index, point] of points.entries()) {
    const replica = await startFaulty(round, point);
    await live(round, `crash-${index + 1}`, point, replica);
    await patiently(`it dies ${point}`, () => assert.equal(replica.process.isRunning, false));
    round.note(`died ${point}`);
  }
  await round.startReplica();
}

async function startFaulty(round: Round, point: string): Promise<RoundReplica> {
  const replica = await round.startReplica({ settings: { [crashPointVariable]: point }, nodeArguments: faultyProcess });
  // Once each, so that their rows have an attempt and no Job when they are held.
  replica.ways.requests.intercept(
    (request) => createsJob(request) && request.body.includes(`${held}"`),
    { kind: 'answer', status: 403, body: JSON.stringify(refusals.quotaExceeded) },
    1,
  );
  return replica;
}

async function live(
  { load, installation }: Round,
  prefix: string,
  point: string,
  replica: RoundReplica,
): Promise<void> {
  load.live(prefix, lives);
  if (!point.includes('CleanUp')) return;
  await patiently('an end is to be cleaned up', async () => {
    // What its predecessor has left to clean up may have brought it to its point already: then it stores no more logs.
    if (!(await goesOn(replica))) return;
    const due = 'clean_up_at > finished_at AND log_due_at IS NULL AND ending IS NULL';
    const [result] = await installation.user.query(
      `UPDATE task_attempt SET clean_up_at = finished_at WHERE ${due} ORDER BY finished_at LIMIT 5`,
    );
    assert.ok('affectedRows' in result && result.affectedRows > 0);
  });
}

/** Waits until a later term than this has written a row. */
async function untilGoneOn({ installation }: Round, epoch: number): Promise<void> {
  await patiently('the successor has written a row', async () => {
    assert.ok((await countTasks(installation.user, 'epoch > ?', [epoch])) > 0);
  });
}
