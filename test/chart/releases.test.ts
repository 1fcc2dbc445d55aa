import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { createHelm, type Helm } from '../support/helm.ts';
import { startPodPlayer } from '../support/pod-player.ts';
import { chartFolder } from './chart-files.ts';
import { objectsWith } from './releases.ts';

const timeout = 240_000;
const namespace = 'rows';
const image = ['--set=image.repository=registry.example.com/nightwatch'];
// The chart sets it too.
const variables = `extraEnv=${JSON.stringify([
  { name: 'NIGHTWATCH_REPLICA', value: 'first' },
  { name: 'NIGHTWATCH_REPLICA', value: 'second' },
])}`;

describe('a release of the chart', { timeout }, () => {
  const resources = new AsyncDisposableStack();
  let cluster: Cluster;
  let helm: Helm;

  before(async () => {
    cluster = resources.use(await startCluster());
    helm = resources.use(await createHelm(cluster.adminKubeconfig));
    for (const name of [namespace, 'tasks-a', 'tasks-b']) await cluster.kubectl(['create', 'namespace', name]);
  });

  after(() => resources.disposeAsync());

  it('is installed, upgraded, rolled back and uninstalled', async () => {
    await helm.run([
      ...['install', 'watch', chartFolder, '-n', namespace, ...image, '--set-json', variables],
      ...['--set=namespaces={tasks-a}', '--set=image.tag=0.1.1', '--set=config.NIGHTWATCH_LOG_LEVEL=debug'],
    ]);
    const installed = await stateOf('watch');
    assert.deepEqual(
      installed.objects.filter((name) => !name.startsWith('Job ')),
      [
        `ConfigMap ${namespace}/watch-nightwatch`,
        `Deployment ${namespace}/watch-nightwatch`,
        `PodDisruptionBudget ${namespace}/watch-nightwatch`,
        'Role tasks-a/watch-nightwatch',
        'RoleBinding tasks-a/watch-nightwatch',
        `Service ${namespace}/watch-nightwatch`,
        `ServiceAccount ${namespace}/watch-nightwatch`,
      ],
    );
    assert.equal(installed.image, 'registry.example.com/nightwatch:0.1.1');
    assert.match(installed.settings, /NIGHTWATCH_LOG_LEVEL: debug\nNIGHTWATCH_NAMESPACES:\n- tasks-a\n/);

    await helm.run([
      ...['upgrade', 'watch', chartFolder, '-n', namespace, ...image, '--set-json', variables, '--set=replicaCount=1'],
      ...['--set=namespaces={tasks-b}', '--set=image.tag=0.1.2', '--set=admissionPolicy.enabled=true'],
    ]);
    const upgraded = await stateOf('watch');
    assert.equal(upgraded.image, 'registry.example.com/nightwatch:0.1.2');
    assert.match(upgraded.settings, /^NIGHTWATCH_NAMESPACES:\n- tasks-b\n$/);
    assert.ok(upgraded.objects.includes('Role tasks-b/watch-nightwatch'));
    assert.ok(upgraded.objects.includes('ValidatingAdmissionPolicy /watch-nightwatch'));
    assert.ok(!upgraded.objects.some((name) => /tasks-a|PodDisruptionBudget/.test(name)), upgraded.objects.join());
    assert.equal(jobsOf(upgraded).length, 1);
    assert.notDeepEqual(jobsOf(upgraded), jobsOf(installed));

    await helm.run(['rollback', 'watch', '1', '-n', namespace]);
    assert.deepEqual(await stateOf('watch'), installed);

    await helm.run(['uninstall', 'watch', '-n', namespace]);
    assert.deepEqual(await objectsWith(cluster.kubectl, 'app.kubernetes.io/instance=watch'), []);
  });

  it('replaces the Job that migrates when only its values change, since no Job can be changed', async () => {
    const values = [...image, '--set=namespaces={tasks-a}'];
    await helm.run(['install', 'again', chartFolder, '-n', namespace, ...values]);
    const before = jobsOf(await stateOf('again'));
    await helm.run(['upgrade', 'again', chartFolder, '-n', namespace, ...values]);
    assert.deepEqual(jobsOf(await stateOf('again')), before);
    await helm.run(['upgrade', 'again', chartFolder, '-n', namespace, ...values, '--set=migrations.backoffLimit=3']);
    const after = jobsOf(await stateOf('again'));
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, before);
    await helm.run(['uninstall', 'again', '-n', namespace]);
  });

  it('that migrates by a hook makes nothing else before the schema fits', async (t) => {
    if (cluster.external) return t.skip('the image is pulled by real nodes there');
    const install = ['upgrade', '--install', 'hook', chartFolder, '-n', namespace, ...image];
    const values = ['--set=namespaces={tasks-a}', '--set=migrations.mode=hook'];
    await assert.rejects(helm.run([...install, ...values, '--timeout=3s']), /failed pre-install: .* Job in progress/);
    const label = 'app.kubernetes.io/instance=hook';
    const begun = await objectsWith(cluster.kubectl, label);
    assert.ok(
      begun.every((name) => name.startsWith('Job ')),
      begun.join(),
    );

    await using _player = await startPodPlayer(cluster);
    await helm.run([...install, ...values, '--timeout=60s']);
    const made = await objectsWith(cluster.kubectl, label);
    assert.ok(made.includes(`Deployment ${namespace}/hook-nightwatch`), made.join());
  });

  it('goes beside another one that shares a namespace for tasks', async () => {
    const install = (name: string) => ['install', name, chartFolder, '-n', namespace, ...image];
    await helm.run([...install('one'), '--set=namespaces={tasks-b}']);
    await helm.run([...install('two'), '--set=namespaces={tasks-b}']);
    const roles = (await cluster.kubectl(['get', 'roles', '-n', 'tasks-b', '-o', 'name'])).trim().split('\n');
    assert.deepEqual(roles.toSorted(), [
      'role.rbac.authorization.k8s.io/one-nightwatch',
      'role.rbac.authorization.k8s.io/two-nightwatch',
    ]);
  });

  async function stateOf(release: string) {
    const read = (resource: string, path: string) =>
      cluster.kubectl(['get', '-n', namespace, resource, '-o', `jsonpath=${path}`]);
    return {
      objects: await objectsWith(cluster.kubectl, `app.kubernetes.io/instance=${release}`),
      image: await read(`deployment/${release}-nightwatch`, '{.spec.template.spec.containers[0].image}'),
      settings: await read(`configmap/${release}-nightwatch`, '{.data.nightwatch\\.yaml}'),
    };
  }
});

function jobsOf({ objects }: { readonly objects: readonly string[] }): readonly string[] {
  return objects.filter((name) => name.startsWith('Job '));
}
