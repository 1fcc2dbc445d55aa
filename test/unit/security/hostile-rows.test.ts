import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { V1Job, V1ObjectMeta } from '@kubernetes/client-node';
import fc from 'fast-check';
import { decideLaunch } from '../../../src/task/decide-launch.ts';
import { readRetryPolicy } from '../../../src/task/job-annotations.ts';
import { labelsOfAttempt } from '../../../src/task/labels.ts';
import { maximumMessageLength } from '../../../src/task/message.ts';
import { securityContexts } from '../../../src/task/pod-security.ts';
import { type LaunchPolicy, podSecurityLevels, podSecurityOf } from '../../../src/task/policy.ts';
import type { ClaimedTask } from '../../../src/task/task.ts';
import { taskEnvironment } from '../../../src/task/task-environment.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { aClaimedTask, aPolicy } from '../../support/builders.ts';
import { hostileInfo } from './hostile-info.ts';

/** Every place in a Job that anything may stand at; `*` is an index, or a name that a row may choose. */
const allowedPlaces = new Set(
  `apiVersion kind metadata.name metadata.namespace metadata.labels.* metadata.annotations.*
  spec.activeDeadlineSeconds spec.parallelism spec.completions spec.backoffLimit spec.podReplacementPolicy
  spec.completionMode spec.backoffLimitPerIndex spec.maxFailedIndexes spec.podFailurePolicy.rules.*.action
  spec.podFailurePolicy.rules.*.onExitCodes.operator spec.podFailurePolicy.rules.*.onExitCodes.values.*
  spec.podFailurePolicy.rules.*.onPodConditions.*.type spec.podFailurePolicy.rules.*.onPodConditions.*.status
  spec.ttlSecondsAfterFinished spec.template.metadata.labels.* spec.template.metadata.annotations.*
  pod.restartPolicy pod.terminationGracePeriodSeconds pod.automountServiceAccountToken pod.serviceAccountName pod.imagePullSecrets.*.name
  pod.securityContext.runAsNonRoot pod.securityContext.runAsUser pod.securityContext.runAsGroup
  pod.securityContext.seccompProfile.type
  container.name container.image container.command.* container.args.* container.env.*.name container.env.*.value
  container.workingDir container.imagePullPolicy container.resources.requests.cpu container.resources.requests.memory
  container.resources.requests.ephemeral-storage container.resources.limits.cpu container.resources.limits.memory
  container.resources.limits.ephemeral-storage
  container.securityContext.allowPrivilegeEscalation container.securityContext.capabilities.drop.*`.split(/\s+/),
);

const policies = fc.record({
  podSecurity: fc.constantFrom(...podSecurityLevels).map((level) => ({ demo: level })),
  serviceAccounts: fc.constantFrom(['builder'], ['builder', 'other'], []),
  imagePatterns: fc.constantFrom(undefined, ['registry.example.com/*']),
});

describe('whatever a row says', () => {
  it('it gets no more than what rows may have, or is refused with a reason', () => {
    let launched = 0;
    const property = fc.property(
      hostileInfo,
      policies,
      fc.constantFrom('default', 'demo'),
      (info, given, namespace) => {
        const policy = aPolicy(given);
        const claimed = aClaimedTask({ info, namespace });
        const job = assertDecided(claimed, policy);
        if (job === undefined) return;
        launched += 1;
        assertHarmless(job, claimed, policy);
      },
    );
    fc.assert(property, { numRuns: 8000 });
    // Without this it would hold for a function that refuses everything.
    assert.ok(launched > 50, `only ${launched} were launched`);
  });

  it('it runs in the namespaces of the policy, and never in those of the cluster', () => {
    const words = ['default', 'demo', 'kube-system', 'kube-public', '../default', 'default/../kube-system', 'Default'];
    const odd = fc.oneof(fc.constantFrom(...words), fc.string({ unit: anyCharacter, maxLength: 70 }));
    const namespaces = ['default', 'kube-system'];
    const property = fc.property(odd, odd, (namespace, jobName) => {
      const claimed = aClaimedTask({ namespace, jobName });
      const job = assertDecided(claimed, aPolicy({ namespaces }));
      if (job !== undefined) assert.deepEqual(job.metadata?.namespace, 'default');
      if (job !== undefined) assert.match(job.metadata?.name ?? '', /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('nothing of it reaches the prototype of all objects', () => {
    const info =
      '{"image":"x","__proto__":{"polluted":1},"env":{"__proto__":{"polluted":1}},"constructor":{"prototype":{"polluted":1}}}';
    assertDecided(aClaimedTask({ info }), aPolicy());
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });
});

/** The Job of a row that is launched; of one that is refused, the reason has to be fit for the row. */
function assertDecided(claimed: ClaimedTask, policy: LaunchPolicy): V1Job | undefined {
  const decision = decideLaunch(claimed, policy);
  if (decision.decision === 'launch') return decision.job;
  const { message } = decision;
  assert.ok(message.length > 0 && message.length <= maximumMessageLength && message.isWellFormed());
  // A terminal that shows the row must not be told what to do by it.
  assert.doesNotMatch(message, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  return undefined;
}

function assertHarmless(built: V1Job, claimed: ClaimedTask, policy: LaunchPolicy): void {
  // As it is sent.
  const job: V1Job = JSON.parse(JSON.stringify(built));
  assert.deepEqual(
    placesIn(job).filter((place) => !allowedPlaces.has(place)),
    [],
  );
  const { metadata, spec } = job;
  const pod = spec?.template.spec;
  const { pod: podContext, container } = securityContexts(podSecurityOf(policy, claimed.namespace), policy.runAsUser);
  assert.deepEqual([metadata?.namespace, metadata?.name], [claimed.namespace, claimed.jobName]);
  assert.ok([undefined, ...policy.serviceAccounts].includes(pod?.serviceAccountName));
  assert.deepEqual([pod?.automountServiceAccountToken, pod?.restartPolicy], [false, 'Never']);
  assert.deepEqual([pod?.securityContext, pod?.containers[0]?.securityContext], [podContext, container]);
  assert.equal(pod?.containers.length, 1);
  const own = labelsOfAttempt(claimed, policy.installationId);
  for (const labels of [metadata?.labels, spec?.template.metadata?.labels]) {
    assert.deepEqual({ ...labels, ...own }, labels);
    const reserved = Object.keys(labels ?? {}).filter((key) => /(nightwatch\.dev|kubernetes\.io|k8s\.io)\//.test(key));
    assert.deepEqual(new Set(reserved), new Set(Object.keys(own)));
  }
  assertOwnAnnotations(metadata?.annotations, [
    'nightwatch.dev/retry',
    'nightwatch.dev/start-deadline-seconds',
    'nightwatch.dev/clean-up-seconds',
    'nightwatch.dev/log-bytes',
  ]);
  assertOwnAnnotations(spec?.template.metadata?.annotations, ['nightwatch.dev/log-bytes']);
  const variables = (pod?.containers[0]?.env ?? []).filter(({ name }) => name.startsWith('NIGHTWATCH_'));
  assert.deepEqual(
    variables.map(({ name, value }) => [name, value]),
    Object.entries(taskEnvironment(claimed, claimed.taskName)),
  );
}

/** Of those that steer anything, only some of ours, and each only with what it may say. */
function assertOwnAnnotations(annotations: V1ObjectMeta['annotations'], allowed: readonly string[]): void {
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (!/(nightwatch\.dev|kubernetes\.io|k8s\.io)\//.test(key)) continue;
    assert.ok(allowed.includes(key), key);
    if (key === 'nightwatch.dev/retry') assert.notEqual(readRetryPolicy(value), undefined, value);
    else assert.match(value, /^\d{1,10}$/);
  }
}

/** The places of all leaves. */
function placesIn(job: V1Job): readonly string[] {
  return leafPlaces(job, '').map((place) =>
    place.replace(/^spec\.template\.spec\.containers\.\*\./, 'container.').replace(/^spec\.template\.spec\./, 'pod.'),
  );
}

function leafPlaces(value: unknown, place: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [place];
  const isFree = Array.isArray(value) || /\.(labels|annotations)$/.test(place);
  return Object.entries(value).flatMap(([key, inner]) =>
    leafPlaces(inner, `${place === '' ? '' : `${place}.`}${isFree ? '*' : key}`),
  );
}
