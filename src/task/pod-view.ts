import { logBytesAnnotation } from './annotations.ts';
import { isUid } from './job-view.ts';
import { attemptIdLabel } from './labels.ts';
import { type Fields, fields, text, time } from './object-fields.ts';

/** The name of the one container of a task's pods. */
export const taskContainerName = 'task';

/** How the container of a pod ended. */
export interface ContainerEnd {
  readonly exitCode: number | undefined;
  readonly signal: number | undefined;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Whether it had been started; undefined times are written where it never was. */
  readonly started: boolean;
  readonly finishedAtMs: number | undefined;
}

/** Why the container of a pod does not run yet. */
export interface ContainerWait {
  readonly reason: string;
  readonly message: string | undefined;
}

/** A condition that says something of why a pod does not run, or not any more. */
export interface PodCondition {
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

/** The few fields of a pod that nightwatch looks at; like a Job's, one is made for every event. */
export interface PodView {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attemptId: string | undefined;
  /** The Job that made it. */
  readonly jobUid: string | undefined;
  readonly createdAtMs: number;
  readonly deleting: boolean;
  /** 'Pending', 'Running', 'Succeeded', 'Failed' or 'Unknown'. */
  readonly phase: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Set while no node was found for it. */
  readonly unscheduled: PodCondition | undefined;
  /** Set when the cluster, and not the container, ended or ends it. */
  readonly disrupted: PodCondition | undefined;
  readonly running: boolean;
  readonly waiting: ContainerWait | undefined;
  readonly ended: ContainerEnd | undefined;
  /** Whether it was given a node: without one there is nobody who could have a log. */
  readonly hasNode: boolean;
  /** How many bytes of its log are to be kept, where the pod says so. */
  readonly logBytes: number | undefined;
}

/** Whether the pod will never run again. */
export function isTerminal({ phase }: PodView): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether its container was seen to have run. */
export function hasStarted({ running, ended, phase }: PodView): boolean {
  return running || phase === 'Succeeded' || ended?.started === true;
}

/** Reads a pod as the API server sends it, as `readJob` does a Job; undefined when it lacks what identifies it. */
export function readPod(value: unknown): PodView | undefined {
  const pod = fields(value);
  const metadata = fields(pod.metadata);
  const { name, namespace, uid } = metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string' || !isUid(uid)) return undefined;
  const labels = fields(metadata.labels);
  const status = fields(pod.status);
  return {
    ...{ name, namespace, uid },
    attemptId: text(labels[attemptIdLabel]),
    jobUid: jobUidOf(metadata, labels),
    createdAtMs: time(metadata.creationTimestamp) ?? 0,
    deleting: typeof metadata.deletionTimestamp === 'string',
    phase: text(status.phase) ?? 'Unknown',
    reason: nonEmpty(status.reason),
    message: nonEmpty(status.message),
    unscheduled: conditionOf(status.conditions, 'PodScheduled', 'False'),
    disrupted: conditionOf(status.conditions, 'DisruptionTarget', 'True'),
    ...containerOf(status.containerStatuses),
    hasNode: nonEmpty(fields(pod.spec).nodeName) !== undefined,
    logBytes: logBytesOf(fields(metadata.annotations)),
  };
}

function jobUidOf(metadata: Fields, labels: Fields): string | undefined {
  const owners = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences.map(fields) : [];
  const owner = owners.find(({ kind, controller }) => kind === 'Job' && controller === true);
  const uid = owner?.uid ?? labels['batch.kubernetes.io/controller-uid'];
  return isUid(uid) ? uid : undefined;
}

function conditionOf(value: unknown, type: string, wanted: string): PodCondition | undefined {
  if (!Array.isArray(value)) return undefined;
  const condition = value.map(fields).find((each) => each.type === type && each.status === wanted);
  return condition && { reason: nonEmpty(condition.reason), message: nonEmpty(condition.message) };
}

type Container = Pick<PodView, 'running' | 'waiting' | 'ended'>;

const unknownContainer: Container = { running: false, waiting: undefined, ended: undefined };

function containerOf(value: unknown): Container {
  if (!Array.isArray(value)) return unknownContainer;
  const status = value.map(fields).find(({ name }) => name === taskContainerName);
  if (status === undefined) return unknownContainer;
  const { running, waiting, terminated } = fields(status.state);
  const reason = nonEmpty(fields(waiting).reason);
  return {
    running: typeof running === 'object' && running !== null,
    waiting: reason === undefined ? undefined : { reason, message: nonEmpty(fields(waiting).message) },
    ended: typeof terminated === 'object' && terminated !== null ? endOf(fields(terminated)) : undefined,
  };
}

function endOf({ exitCode, signal, reason, message, startedAt, finishedAt }: Fields): ContainerEnd {
  // A container that could not be started has the beginning of all times, or none, as its start.
  const startedAtMs = time(startedAt) ?? 0;
  return {
    exitCode: wholeNumber(exitCode),
    signal: wholeNumber(signal),
    reason: nonEmpty(reason),
    message: nonEmpty(message),
    started: startedAtMs > 0,
    finishedAtMs: time(finishedAt),
  };
}

/** What fits the column of a row. */
function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : undefined;
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function logBytesOf(annotations: Fields): number | undefined {
  const bytes = text(annotations[logBytesAnnotation]);
  return bytes !== undefined && /^\d{1,9}$/.test(bytes) ? Number(bytes) : undefined;
}
