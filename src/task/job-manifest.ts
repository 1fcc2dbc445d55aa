import type { V1Container, V1Job, V1PodSpec } from '@kubernetes/client-node';
import { labelsOfAttempt } from './labels.ts';
import { boundedResources } from './maxima.ts';
import { securityContexts } from './pod-security.ts';
import { type LaunchPolicy, podSecurityOf } from './policy.ts';
import type { Attempt } from './task.ts';
import type { TaskSpec } from './task-spec.ts';

/** The name of the one container of a task's pods. */
const taskContainerName = 'task';

/**
 * Builds the Job of an attempt: the same attempt, spec and policy always give the same Job.
 *
 * Every field is named here; nothing of a row is copied as a whole, so a row cannot reach a field that is not.
 */
export function buildJob(attempt: Attempt, spec: TaskSpec, policy: LaunchPolicy): V1Job {
  // Ours last: even a key that should have been refused could not replace one of them.
  const labels = { ...spec.labels, ...labelsOfAttempt(attempt, policy.installationId) };
  const metadata = present({ labels, annotations: spec.annotations && { ...spec.annotations } });
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: attempt.jobName, namespace: attempt.namespace, ...metadata },
    spec: {
      ...present({
        activeDeadlineSeconds: spec.deadlineSeconds ?? policy.maxima.deadlineSeconds,
        parallelism: spec.parallelism,
        completions: spec.completions,
      }),
      // Kubernetes would retry six times: a task runs once unless its row says otherwise.
      backoffLimit: spec.backoffLimit ?? 0,
      // A pod is replaced only when it has ended, so a task never runs beside a dying copy of itself.
      podReplacementPolicy: 'Failed',
      ttlSecondsAfterFinished: policy.ttlSecondsAfterFinished,
      template: { metadata, spec: podSpec(attempt, spec, policy) },
    },
  };
}

function podSpec(attempt: Attempt, spec: TaskSpec, policy: LaunchPolicy): V1PodSpec {
  const security = securityContexts(podSecurityOf(policy, attempt.namespace), policy.runAsUser);
  return {
    restartPolicy: 'Never',
    // The token would let a task's code act on the cluster in the account's name.
    automountServiceAccountToken: false,
    containers: [container(spec, policy, security.container)],
    ...present({
      serviceAccountName: spec.serviceAccountName,
      imagePullSecrets: spec.imagePullSecrets?.map((name) => ({ name })),
      securityContext: security.pod,
    }),
  };
}

function container(spec: TaskSpec, policy: LaunchPolicy, securityContext: V1Container['securityContext']): V1Container {
  const { requests, limits } = boundedResources(spec, policy.maxima);
  const resources = present({ requests: nonEmpty(requests), limits: nonEmpty(limits) });
  return {
    name: taskContainerName,
    image: spec.image,
    ...present({
      command: spec.command && [...spec.command],
      args: spec.args && [...spec.args],
      env: spec.env && Object.entries(spec.env).map(([name, value]) => ({ name, value })),
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
