import { type JobCondition, type JobView, noOrders } from '../../src/task/job-view.ts';
import type { PodView } from '../../src/task/pod-view.ts';
import {
  defaultCleanUpSeconds,
  defaultLogBytes,
  defaultRunAsUser,
  defaultTtlSecondsAfterFinished,
  type LaunchPolicy,
  noMaxima,
} from '../../src/task/policy.ts';
import type { Attempt, ClaimedTask } from '../../src/task/task.ts';
import type { TaskSpec } from '../../src/task/task-spec.ts';

/** The first attempt of the seed's first row. */
export function anAttempt(overrides: Partial<Attempt> = {}): Attempt {
  return {
    taskId: '1',
    userId: '1',
    attemptId: '0b6f3c52-7a58-4c8e-9a41-3f1b0a8d2c11',
    rowKey: '5f2d9e10-1c2b-4a6d-8e7f-90a1b2c3d4e5',
    number: 1,
    namespace: 'default',
    jobName: 'demo-task-1',
    ...overrides,
  };
}

/** The seed's first row, claimed; `info` may be given as text or as the value to write as JSON. */
export function aClaimedTask(overrides: Partial<Omit<ClaimedTask, 'info'>> & { info?: unknown } = {}): ClaimedTask {
  const { info = { image: 'alpine', command: ['sleep'], args: ['60'] }, ...others } = overrides;
  const text = typeof info === 'string' ? info : JSON.stringify(info);
  return {
    ...anAttempt(),
    taskName: 'demo-task-1',
    info: text,
    infoBytes: Buffer.byteLength(text),
    isRetaken: false,
    ageMs: 0,
    ending: undefined,
    ...{ tries: 0, setbacks: 0 },
    desired: 'Run',
    ...others,
  };
}

export function aSpec(overrides: Partial<TaskSpec> = {}): TaskSpec {
  return { image: 'alpine', ...overrides };
}

/** A policy that lets tasks of any image run in the namespaces default and demo, without maxima. */
export function aPolicy(overrides: Partial<LaunchPolicy> = {}): LaunchPolicy {
  return {
    installationId: 'c0ffee00-0000-4000-8000-000000000001',
    namespaces: ['default', 'demo'],
    imagePatterns: undefined,
    serviceAccounts: [],
    maxima: noMaxima,
    podSecurity: {},
    runAsUser: defaultRunAsUser,
    ttlSecondsAfterFinished: defaultTtlSecondsAfterFinished,
    cleanUpSeconds: defaultCleanUpSeconds,
    logBytes: defaultLogBytes,
    ...overrides,
  };
}

/** A Job that was just created: no pods, no conditions. */
export function aJobView(overrides: Partial<JobView> = {}): JobView {
  const attempt = anAttempt();
  return {
    name: attempt.jobName,
    namespace: attempt.namespace,
    uid: '7d9b1f0e-3c5a-4b7e-8f21-6a5d4c3b2a19',
    resourceVersion: '1001',
    deleting: false,
    deletedAtMs: undefined,
    createdAtMs: undefined,
    labels: {
      installation: aPolicy().installationId,
      attemptId: attempt.attemptId,
      rowKey: attempt.rowKey,
      taskId: attempt.taskId,
      attemptNumber: attempt.number,
    },
    suspended: false,
    suspendedByUs: false,
    active: 0,
    ready: 0,
    succeeded: 0,
    failed: 0,
    startTimeMs: undefined,
    conditions: [],
    orders: noOrders,
    ...overrides,
  };
}

/** A pod of the Job of {@link aJobView} that was just made. */
export function aPodView(overrides: Partial<PodView> = {}): PodView {
  const job = aJobView();
  return {
    name: `${job.name}-x7k2p`,
    namespace: job.namespace,
    uid: 'a1f3c0de-0000-4000-8000-00000000000a',
    attemptId: job.labels.attemptId,
    jobUid: job.uid,
    createdAtMs: Date.UTC(2026, 0, 1),
    deleting: false,
    phase: 'Pending',
    ...{ reason: undefined, message: undefined, unscheduled: undefined, disrupted: undefined },
    ...{ running: false, waiting: undefined, ended: undefined },
    hasNode: true,
    logBytes: undefined,
    ...overrides,
  };
}

/** A pod whose container has ended, with this exit code. */
export function anEndedPod(exitCode: number, overrides: Partial<PodView> = {}): PodView {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const finishedAtMs = Date.UTC(2026, 0, 1, 0, 1);
  return aPodView({
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    ended: { exitCode, signal: undefined, reason, message: undefined, started: true, finishedAtMs },
    ...overrides,
  });
}

/** A condition that is True. */
export function aCondition(overrides: Partial<JobCondition> = {}): JobCondition {
  return {
    type: 'Complete',
    status: 'True',
    reason: undefined,
    message: undefined,
    lastTransitionTimeMs: Date.UTC(2026, 0, 1),
    ...overrides,
  };
}

/** A Job as the API server sends it; what the view says of its state is what its status says. */
export function aJobObject(view: JobView = aJobView()): object {
  const { name, namespace, uid, resourceVersion, deleting, labels, suspended, startTimeMs } = view;
  const { installation, attemptId, rowKey, taskId, attemptNumber } = labels;
  const ours = {
    'nightwatch.dev/installation': installation,
    'nightwatch.dev/attempt-id': attemptId,
    'nightwatch.dev/row-key': rowKey,
    'nightwatch.dev/task-id': taskId,
    'nightwatch.dev/attempt': attemptNumber?.toString(),
  };
  const { active, ready, succeeded, failed, conditions } = view;
  const startTime = startTimeMs === undefined ? undefined : new Date(startTimeMs).toISOString();
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...{ name, namespace, uid, resourceVersion, labels: ours },
      ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { suspend: suspended },
    status: { ...{ active, ready, succeeded, failed, startTime }, conditions: conditions.map(conditionObject) },
  };
}

function conditionObject({ type, status, reason, message, lastTransitionTimeMs = 0 }: JobCondition): object {
  return { type, status, reason, message, lastTransitionTime: new Date(lastTransitionTimeMs).toISOString() };
}

/** How the API server refuses: a Status object. */
export function aStatus(code: number, reason: string, message: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
}
