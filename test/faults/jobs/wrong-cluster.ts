import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../../support/cluster.ts';
import { endPods } from '../../support/end-pods.ts';
import { untilLogged } from '../../support/replica-log.ts';
import { anInfo, readTasks, type TaskRow } from '../../support/task-rows.ts';
import type { Fault } from '../fault.ts';
import { patiently } from '../round/patience.ts';
import { untilRows } from '../round/until-rows.ts';

const openRows = 100;
// Longer than a verdict waits for the lists of other namespaces.
const settledMs = 3_000;

export const wrongCluster: Fault = {
  number: 46,
  event: `resync against an empty cluster with ${openRows} open rows`,
  behaviour: 'none is failed; readiness and the log say so; in the right cluster they are followed again',
  isInEveryRun: true,
  // What is submitted meanwhile would get its Job in the wrong cluster.
  setUp: { loadEveryMs: 0 },
  async play(round) {
    const { installation, namespace, system } = round;
    await round.submitBatch('open', openRows, { info: anInfo({ life: 'hang' }) }, { status: 'Running' });
    await using empty = await startCluster();
    await empty.allowNamespace(namespace);
    const kubeconfig = await empty.kubeconfigFor();
    await untilRows(round, 'open-', { status: 'Running' });
    await round.stopReplicas();
    const before = await readTasks(installation.user);

    const misled = await installation.start({ kubeconfig });
    await patiently('readiness says so', async () => {
      const { text } = await misled.readyz();
      assert.match(text, new RegExp(`${openRows} of ${openRows} open tasks have no Job in the cluster`));
      assert.match(text, /NIGHTWATCH_ACCEPT_DELETED_JOBS/);
    });
    await untilLogged(misled, 'too many jobs are missing at once, no row is failed for it');
    await sleep(settledMs);
    assert.deepEqual(statesOf(await readTasks(installation.user)), statesOf(before));
    await misled.process.stop();

    await round.startReplica();
    await endPods(system.cluster, { namespace, name: 'open-1' });
    round.load.expect({ namespace, name: 'open-1', status: 'Succeeded' });
  },
};

/** Without what merely tells which leader has looked at them. */
function statesOf(rows: readonly TaskRow[]): readonly object[] {
  return rows.map(({ epoch: _, ...row }) => row);
}
