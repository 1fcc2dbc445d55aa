import assert from 'node:assert/strict';
import { opensJobWatch } from '../../support/api-proxy.ts';
import { refusals } from '../../support/api-refusals.ts';
import { compactHistory } from '../../support/compact-history.ts';
import { endPods } from '../../support/end-pods.ts';
import type { LineFate } from '../../support/event-lines.ts';
import { untilLogged } from '../../support/replica-log.ts';
import { anInfo, readTasks } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { untilJobs, untilJobsEnded } from '../round/until-jobs.ts';
import { untilRows } from '../round/until-rows.ts';

const burst = 40;
const hanging = { info: anInfo({ life: 'hang' }) };
const deleted = { status: 'Failed', reason: 'JobDeleted' } as const;
const gone = 'watch history is gone, listing again';

const mostSilentMs = 120_000;

export const silentWatch: Fault = {
  number: 16,
  event: 'watch silent: no data, no FIN',
  behaviour: 'inactivity time-out; missed changes repaired within 2 minutes',
  // Rows that were submitted at its beginning wait for its end.
  setUp: { loadEveryMs: 1_000, settings: steadyLease },
  async play(round) {
    const { leader } = await round.untilLeading();
    await round.submitBatch('deleted', 2, hanging, deleted);
    await untilRows(round, 'deleted-', { status: 'Running' });
    leader.ways.requests.silenceWatches();
    const silentAtMs = performance.now();
    await round.submitBatch('missed', burst);
    await deleteJobs(round, ['deleted-1', 'deleted-2']);
    await untilRows(round, 'missed-', { status: 'Pending' });
    await untilJobsEnded(round, { prefix: 'missed-', count: burst });
    const [line] = await untilLogged(leader, 'watch interrupted', mostSilentMs);
    assert.match(String(line?.detail), /nothing came for/);
    // The connection was dead; a new one is not.
    leader.ways.requests.passWatches();
    await untilRows(round, 'missed-', { status: 'Succeeded' });
    await untilRows(round, 'deleted-', deleted);
    const repairedMs = performance.now() - silentAtMs;
    assert.ok(repairedMs < mostSilentMs, `repaired after ${repairedMs} ms`);
    round.note(`repaired ${Math.round(repairedMs / 1_000)} s after the beginning of the silence`);
  },
};

export const compactedHistory: Fault = {
  number: 17,
  event: '410 Gone: etcd is compacted while the watch is away',
  behaviour: 'relist; no deletion missed',
  isInEveryRun: true,
  // The API server's own cache would bridge the gap otherwise.
  setUp: { controlPlane: { apiServerArguments: ['--watch-cache-sizes=jobs.batch#0'] }, settings: steadyLease },
  async play(round) {
    const { leader } = await round.untilLeading();
    const { requests } = leader.ways;
    const { namespace, system } = round;
    await round.submitBatch('deleted', 3, hanging, deleted);
    await round.submitBatch('ended', 1, hanging);
    await untilRows(round, 'deleted-', { status: 'Running' });
    await untilRows(round, 'ended-', { status: 'Running' });
    const held = requests.intercept(opensJobWatch, { kind: 'hold' });
    requests.cutWatches();
    await patiently('the watch is to go on', () => assert.equal(held.seen.length, 1));
    await deleteJobs(round, ['deleted-1', 'deleted-2', 'deleted-3']);
    await endPods(system.cluster, { namespace, name: 'ended-1' });
    await untilJobsEnded(round, { prefix: 'ended-', count: 1 });
    await compactHistory(system.cluster.controlPlane);
    held.stop();
    await untilLogged(leader, gone);
    await untilRows(round, 'deleted-', deleted);
  },
};

export const disturbedWatch: Fault = {
  number: 18,
  event: 'events dropped, doubled, reordered at random',
  behaviour: 'state is computed from what a Job says now, and what was never told from the next list',
  setUp: { settings: steadyLease },
  async play(round) {
    const { leader } = await round.untilLeading();
    const { requests } = leader.ways;
    const fates = new Map<LineFate, number>();
    const disturb = (odds: readonly LineFate[]) => (event: string) => {
      const fate = event.startsWith('{"type":"BOOKMARK"')
        ? 'pass'
        : (odds[round.random.between(0, odds.length - 1)] ?? 'pass');
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
      return fate;
    };

    requests.disturbWatches(disturb(['pass', 'pass', 'double', 'late']));
    await playLives(round, 'reordered');
    await untilRows(round, 'reordered-', { status: 'Succeeded' });
    await untilRows(round, 'deleted-reordered-', deleted);

    requests.disturbWatches(disturb(['pass', 'pass', 'drop', 'double', 'late']));
    await playLives(round, 'dropped');
    await untilJobsEnded(round, { prefix: 'dropped-', count: burst });
    requests.disturbWatches(undefined);
    const rows = await readTasks(round.installation.user, "name LIKE 'dropped-%' AND finished_at IS NULL");
    assert.notEqual(rows.length, 0, 'rows whose end was not told');
    round.note([...fates].map(([fate, count]) => `${count} ${fate}`).join(', '));
    round.note(`the end of ${rows.length} of ${burst} rows was dropped`);
    const expired = requests.intercept(
      opensJobWatch,
      { kind: 'answer', status: 410, body: JSON.stringify(refusals.expired) },
      1,
    );
    requests.cutWatches();
    await untilLogged(leader, gone);
    assert.equal(expired.seen.length, 1);
  },
};

/** Rows that run through all their states, and some whose Jobs somebody deletes. */
async function playLives(round: Round, prefix: string): Promise<void> {
  const few = 3;
  await round.submitBatch(`deleted-${prefix}`, few, hanging, deleted);
  await round.submitBatch(prefix, burst, { info: anInfo({ life: 'start 100ms; succeed after 300ms' }) });
  const names = Array.from({ length: few }, (_, index) => `deleted-${prefix}-${index + 1}`);
  await untilJobs(round, { prefix: `deleted-${prefix}-`, count: few });
  await deleteJobs(round, names);
}

async function deleteJobs({ namespace, system }: Round, names: readonly string[]): Promise<void> {
  await system.cluster.kubectl(['delete', 'job', ...names, '-n', namespace, '--wait=false']);
}
