import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildJob } from '../../../src/task/job-manifest.ts';
import { installationLabel, installationSelector } from '../../../src/task/labels.ts';
import { noMaxima } from '../../../src/task/policy.ts';
import type { TaskSpec } from '../../../src/task/task-spec.ts';
import { aClaimedTask, aPolicy, aSpec } from '../../support/builders.ts';

const ourVariables = [
  { name: 'NIGHTWATCH_TASK_NAME', value: 'demo-task-1' },
  { name: 'NIGHTWATCH_TASK_ID', value: '1' },
  { name: 'NIGHTWATCH_ATTEMPT', value: '1' },
  { name: 'NIGHTWATCH_ATTEMPT_ID', value: '0b6f3c52-7a58-4c8e-9a41-3f1b0a8d2c11' },
  { name: 'NIGHTWATCH_USER_ID', value: '1' },
];

const ourLabels = {
  'app.kubernetes.io/managed-by': 'nightwatch',
  'nightwatch.dev/installation': 'c0ffee00-0000-4000-8000-000000000001',
  'nightwatch.dev/attempt-id': '0b6f3c52-7a58-4c8e-9a41-3f1b0a8d2c11',
  'nightwatch.dev/row-key': '5f2d9e10-1c2b-4a6d-8e7f-90a1b2c3d4e5',
  'nightwatch.dev/task-id': '1',
  'nightwatch.dev/attempt': '1',
};

test("the seed's first row becomes this Job", () => {
  assert.deepEqual(buildJob(aClaimedTask(), aSpec({ command: ['sleep'], args: ['60'] }), aPolicy()), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'demo-task-1', namespace: 'default', labels: ourLabels },
    spec: {
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      ttlSecondsAfterFinished: 604_800,
      template: {
        metadata: { labels: ourLabels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            runAsGroup: 65_532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'task',
              image: 'alpine',
              env: ourVariables,
              command: ['sleep'],
              args: ['60'],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  });
});

test('all that a row may ask for arrives in its field', () => {
  const job = buildJob(
    aClaimedTask(),
    aSpec({
      env: { A: '1', B: '$(A)' },
      workingDir: '/tmp',
      resources: { requests: { cpu: '1' }, limits: { 'ephemeral-storage': '1Gi' } },
      imagePullPolicy: 'Always',
      imagePullSecrets: ['key'],
      serviceAccountName: 'builder',
      labels: { team: 'a' },
      annotations: { 'nightwatch.test/life': 'start' },
      deadlineSeconds: 5,
      terminationGracePeriodSeconds: 0,
      backoffLimit: 3,
      parallelism: 2,
      completions: 4,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 1,
      maxFailedIndexes: 2,
    }),
    aPolicy(),
  );
  const pod = job.spec?.template.spec;
  const container = pod?.containers[0];
  assert.deepEqual(container?.env, [...ourVariables, { name: 'A', value: '1' }, { name: 'B', value: '$(A)' }]);
  assert.equal(container?.workingDir, '/tmp');
  assert.equal(container?.imagePullPolicy, 'Always');
  assert.deepEqual(container?.resources, { requests: { cpu: '1' }, limits: { 'ephemeral-storage': '1Gi' } });
  assert.deepEqual(pod?.imagePullSecrets, [{ name: 'key' }]);
  assert.equal(pod?.serviceAccountName, 'builder');
  assert.deepEqual(job.metadata?.labels, { team: 'a', ...ourLabels });
  assert.deepEqual(job.spec?.template.metadata?.labels, { team: 'a', ...ourLabels });
  assert.deepEqual(job.metadata?.annotations, { 'nightwatch.test/life': 'start' });
  assert.deepEqual(job.spec?.template.metadata?.annotations, { 'nightwatch.test/life': 'start' });
  assert.equal(job.spec?.activeDeadlineSeconds, 5);
  assert.equal(job.spec?.backoffLimit, 3);
  assert.equal(job.spec?.parallelism, 2);
  assert.equal(job.spec?.completions, 4);
  assert.equal(job.spec?.completionMode, 'Indexed');
  assert.equal(job.spec?.backoffLimitPerIndex, 1);
  assert.equal(job.spec?.maxFailedIndexes, 2);
  assert.equal(pod?.terminationGracePeriodSeconds, 0);
});

test('a label of ours wins over one that a spec should never have had', () => {
  const job = buildJob(aClaimedTask(), aSpec({ labels: { [installationLabel]: 'forged' } }), aPolicy());
  assert.equal(job.metadata?.labels?.[installationLabel], aPolicy().installationId);
});

test('the selector finds the Jobs of one installation', () => {
  const { installationId } = aPolicy();
  const labels = buildJob(aClaimedTask(), aSpec(), aPolicy()).metadata?.labels ?? {};
  const [key = '', value] = installationSelector(installationId).split('=');
  assert.equal(labels[key], value);
});

describe('pod security', () => {
  const contextsAt = (level: 'restricted' | 'baseline' | 'privileged') => {
    const job = buildJob(aClaimedTask(), aSpec(), aPolicy({ podSecurity: { default: level }, runAsUser: 1000 }));
    const pod = job.spec?.template.spec;
    return [pod?.securityContext, pod?.containers[0]?.securityContext];
  };
  test('of a restricted namespace runs as the configured user', () => {
    assert.equal(contextsAt('restricted')[0]?.runAsUser, 1000);
  });
  test("of a baseline namespace keeps the image's user and grants nothing", () => {
    assert.deepEqual(contextsAt('baseline'), [
      { seccompProfile: { type: 'RuntimeDefault' } },
      { allowPrivilegeEscalation: false },
    ]);
  });
  test('of a privileged namespace is left to the cluster', () => {
    assert.deepEqual(contextsAt('privileged'), [undefined, undefined]);
  });
  test('is restricted in a namespace that is named like a member of every object', () => {
    const job = buildJob(aClaimedTask({ namespace: 'constructor' }), aSpec(), aPolicy());
    assert.equal(job.spec?.template.spec?.securityContext?.runAsNonRoot, true);
  });
});

describe('a maximum', () => {
  const maxima = { ...noMaxima, cpuMillicores: 1500, memoryBytes: 512 * 2 ** 20, deadlineSeconds: 600, parallelism: 4 };
  const built = (spec = {}) => buildJob(aClaimedTask(), aSpec(spec), aPolicy({ maxima }));
  const resourcesOf = (spec = {}) => built(spec).spec?.template.spec?.containers[0]?.resources;

  test('binds a row that asks for nothing, without reserving it', () => {
    assert.deepEqual(resourcesOf(), {
      requests: { cpu: '0', memory: '0' },
      limits: { cpu: '1500m', memory: '512Mi' },
    });
    assert.equal(built().spec?.activeDeadlineSeconds, 600);
    assert.equal(built().spec?.parallelism, undefined);
  });
  test('leaves what a row asks for itself', () => {
    const resources = { requests: { cpu: '1' }, limits: { memory: '64Mi' } };
    assert.deepEqual(resourcesOf({ resources }), {
      requests: { cpu: '1' },
      limits: { cpu: '1500m', memory: '64Mi' },
    });
    assert.equal(built({ deadlineSeconds: 5 }).spec?.activeDeadlineSeconds, 5);
  });
  test('of time bounds a row that sets none', () => {
    const bounded = (maximum: number, spec: Partial<TaskSpec> = {}) =>
      buildJob(
        aClaimedTask(),
        aSpec(spec),
        aPolicy({ maxima: { ...noMaxima, startDeadlineSeconds: maximum, terminationGracePeriodSeconds: maximum } }),
      );
    assert.equal(bounded(9).metadata?.annotations?.['nightwatch.dev/start-deadline-seconds'], '9');
    assert.equal(bounded(9).spec?.template.spec?.terminationGracePeriodSeconds, 9);
    assert.equal(
      bounded(9, { terminationGracePeriodSeconds: 3 }).spec?.template.spec?.terminationGracePeriodSeconds,
      3,
    );
    // Kubernetes gives 30 by itself.
    assert.equal(bounded(30).spec?.template.spec?.terminationGracePeriodSeconds, undefined);
  });
  test('that is not set adds nothing', () => {
    const job = buildJob(aClaimedTask(), aSpec(), aPolicy({ maxima: noMaxima }));
    assert.equal(job.spec?.template.spec?.containers[0]?.resources, undefined);
  });
});
