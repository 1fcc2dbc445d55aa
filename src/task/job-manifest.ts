import type { V1Container, V1Job, V1PodSpec } from '@kubernetes/client-node';
import { jobAnnotations, podAnnotations } from './job-annotations.ts';
import { labelsOfAttempt } from './labels.ts';
import { boundedGraceSeconds, boundedResources } from './maxima.ts';
import { podFailurePolicyOf } from './pod-failure-policy.ts';
import { securityContexts } from './pod-security.ts';
import { taskContainerName } from './pod-view.ts';
import { type LaunchPolicy, podSecurityOf } from './policy.ts';
import type { NamedAttempt } from './task.ts';
import { taskEnvironment } from './task-environment.ts';
import type { TaskSpec } from './task-spec.ts';

/**
 * Builds the Job of an attempt: the same attempt, spec and policy always give the same Job.
 *
 * Every field is named here; nothing of a row is copied as a whole, so a row cannot reach a field that is not.
 */
export function buildJob(attempt: NamedAttempt, spec: TaskSpec, policy: LaunchPolicy): V1Job {
  // Ours last: even a key that should have been refused could not replace one of them.
  const labels = { ...spec.labels, ...labelsOfAttempt(attempt, policy.installationId) };
  const annotations = nonEmpty({ ...spec.annotations, ...jobAnnotations(spec, policy) });
  const annotationsOfPods = nonEmpty({ ...spec.annotations, ...podAnnotations(spec) });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: attempt.jobName, namespace: attempt.namespace, ...present({ labels, annotations }) },
    spec: {
      ...present({
        activeDeadlineSeconds: spec.deadlineSeconds ?? policy.maxima.deadlineSeconds,
        parallelism: spec.parallelism,
        completions: spec.completions,
        completionMode: spec.completionMode,
        backoffLimit: backoffLimitOf(spec),
        backoffLimitPerIndex: spec.backoffLimitPerIndex,
        maxFailedIndexes: spec.maxFailedIndexes,
        podFailurePolicy: podFailurePolicyOf(spec),
      }),
      // A pod is replaced only when it has ended, so a task never runs beside a dying copy of itself.
      podReplacementPolicy: 'Failed',
      ttlSecondsAfterFinished: backstopSeconds(spec, policy),
      template: { metadata: present({ labels, annotations: annotationsOfPods }), spec: podSpec(attempt, spec, policy) },
    },
  };
}

/** Kubernetes would retry six times: a task runs once unless its row says otherwise, for all pods or for each index. */
function backoffLimitOf({ backoffLimit, backoffLimitPerIndex }: TaskSpec): number | undefined {
  return backoffLimit ?? (backoffLimitPerIndex === undefined ? 0 : undefined);
}

const daySeconds = 24 * 60 * 60;

/** At least a day after nightwatch would have deleted it: a Job that Kubernetes removes first may take its log along. */
function backstopSeconds({ ttlSecondsAfterFinished: own }: TaskSpec, policy: LaunchPolicy): number {
  return Math.max(policy.ttlSecondsAfterFinished, (own ?? policy.cleanUpSeconds) + daySeconds);
}

function podSpec(attempt: NamedAttempt, spec: TaskSpec, policy: LaunchPolicy): V1PodSpec {
  const security = securityContexts(podSecurityOf(policy, attempt.namespace), policy.runAsUser);
  return {
    restartPolicy: 'Never',
    // The token would let a task's code act on the cluster in the account's name.
    automountServiceAccountToken: false,
    containers: [container(attempt, spec, policy, security.container)],
    ...present({
      terminationGracePeriodSeconds: boundedGraceSeconds(spec, policy.maxima),
      serviceAccountName: spec.serviceAccountName,
      imagePullSecrets: spec.imagePullSecrets?.map((name) => ({ name })),
      securityContext: security.pod,
    }),
  };
}

function container(
  attempt: NamedAttempt,
  spec: TaskSpec,
  policy: LaunchPolicy,
  securityContext: V1Container['securityContext'],
): V1Container {
  // Ours first: what a row sets may refer to them, as `$(NIGHTWATCH_TASK_ID)`.
  const variables = { ...taskEnvironment(attempt, attempt.taskName), ...spec.env };
  const { requests, limits } = boundedResources(spec, policy.maxima);
  const resources = present({ requests: nonEmpty(requests), limits: nonEmpty(limits) });
  return {
    name: taskContainerName,
    image: spec.image,
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    ...present({
      command: spec.command && [...spec.command],
      args: spec.args && [...spec.args],
      workingDir: spec.workingDir,
      imagePullPolicy: spec.imagePullPolicy,
      resources: nonEmpty(resources),
      securityContext,
    }),
  };
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out what is undefined: the types of the API, and whoever compares Jobs, tell absent from undefined. */
function present<T extends object>(fields: T): Present<T>;
function present(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function nonEmpty<T extends object>(record: T): T | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}
