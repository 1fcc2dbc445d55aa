import assert from 'node:assert/strict';
import { systemNamespace } from '../../support/cluster-identities.ts';
import type { Fault } from '../fault.ts';
import type { Round } from '../round/round.ts';
import { steadyLease } from '../round/steady-lease.ts';
import { untilRows } from '../round/until-rows.ts';
import { assertFewRefusals, shortestWaitMs } from './few-refusals.ts';

const burst = 60;
const finalizer = 'nightwatch.test/held';
const clusterWide = 'nightwatch-test-cluster-wide';

export const closedNamespace: Fault = {
  number: 21,
  event: 'namespace terminating, then missing',
  behaviour: 'Pending with the reason and back-off, Failed after the create deadline; other namespaces are not delayed',
  setUp: {
    untouchedNamespaces: 1,
    isNamespaceLoaded: false,
    settings: { ...steadyLease, NIGHTWATCH_CREATE_DEADLINE: '30s' },
    // A namespace that could not be watched is looked at again after 45 s at the latest.
    bounds: { recoveryMs: 60_000, untouchedMs: shortestWaitMs },
  },
  async play(round) {
    const { namespace, system } = round;
    const { kubectl } = system.cluster;
    // As long as nightwatch has its rights there it is the namespace that refuses.
    await holdRights(round, [finalizer]);
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await round.submitBatch('terminating', burst, {}, { status: 'Failed', reason: 'CreateDeadline' });
    await untilRows(round, 'terminating-', { status: 'Pending', reason: 'NamespaceTerminating' });
    const failed = await untilRows(round, 'terminating-', { status: 'Failed', reason: 'CreateDeadline' }, 60_000);
    for (const { message } of failed) assert.match(message ?? '', /because of NamespaceTerminating/);

    await holdRights(round, null);
    await kubectl(['wait', '--for=delete', '--timeout=55s', `namespace/${namespace}`]);
    await round.submitBatch('missing', burst);
    const forbidden = await untilRows(round, 'missing-', { status: 'Pending', reason: 'Forbidden' });
    for (const { message } of forbidden) assert.match(message ?? '', new RegExp(`namespace '${namespace}' exist`));
    await allowEverywhere(round);
    await untilRows(round, 'missing-', { status: 'Pending', reason: 'NamespaceMissing' });
    await assertFewRefusals(round);
    await kubectl(['delete', 'clusterrole,clusterrolebinding', clusterWide]);
    await system.cluster.allowNamespace(namespace);
  },
};

/** Keeps what gives nightwatch its rights from going with the namespace; null lets it go. */
async function holdRights({ namespace, system }: Round, finalizers: readonly string[] | null): Promise<void> {
  const patch = JSON.stringify({ metadata: { finalizers } });
  for (const kind of ['rolebinding', 'role']) {
    await system.cluster.kubectl(['patch', kind, 'nightwatch', '-n', namespace, '--type=merge', '-p', patch]);
  }
}

/** As with a ClusterRole: the server no longer hides from nightwatch whether a namespace is there. */
async function allowEverywhere({ system }: Round): Promise<void> {
  const { kubectl } = system.cluster;
  const account = `--serviceaccount=${systemNamespace}:nightwatch`;
  await kubectl(['create', 'clusterrole', clusterWide, '--verb=get,list,watch,create,delete', '--resource=jobs.batch']);
  await kubectl(['create', 'clusterrolebinding', clusterWide, `--clusterrole=${clusterWide}`, account]);
}
