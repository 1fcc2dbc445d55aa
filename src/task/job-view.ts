import {
  cleanUpSecondsAnnotation,
  logBytesAnnotation,
  retryAnnotation,
  startDeadlineAnnotation,
  suspendedAnnotation,
} from './annotations.ts';
import { attemptIdLabel, attemptNumberLabel, installationLabel, rowKeyLabel, taskIdLabel } from './labels.ts';
import { count, type Fields, fields, text, time } from './object-fields.ts';

/** The conditions that decide anything; `SuccessCriteriaMet` and `FailureTarget` come before an end and end nothing. */
const keptConditions = ['Complete', 'Failed', 'Suspended'] as const;

export interface JobCondition {
  readonly type: (typeof keptConditions)[number];
  /** 'True', 'False' or 'Unknown'. */
  readonly status: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Milliseconds since 1970, by the control plane's clock. */
  readonly lastTransitionTimeMs: number | undefined;
}

/** What the labels of a Job say about whose it is; anybody who may create Jobs can have written them. */
export interface JobLabels {
  readonly installation: string | undefined;
  readonly attemptId: string | undefined;
  readonly rowKey: string | undefined;
  readonly taskId: string | undefined;
  readonly attemptNumber: number | undefined;
}

/** What was asked for when the Job was made, to be done once it has ended; from its annotations. */
export interface JobOrders {
  /** The policy by which the attempt is repeated when it fails, as JSON. */
  readonly retry: string | undefined;
  /** How much of the end of its log is kept; 0 for none. */
  readonly logBytes: number | undefined;
  /** How long after its end it is to be deleted. */
  readonly cleanUpSeconds: number | undefined;
  /** Within what time of its start a pod has to have started. */
  readonly startDeadlineSeconds: number | undefined;
}

/** The few fields of a Job that nightwatch looks at: small, for one is made for every event. */
export interface JobView {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** A deletion was asked for, though a finalizer may still keep the object. */
  readonly deleting: boolean;
  /** When it was asked for; milliseconds since 1970, by the control plane's clock as all times here. */
  readonly deletedAtMs: number | undefined;
  readonly createdAtMs: number | undefined;
  readonly labels: JobLabels;
  /** `spec.suspend`: what is wanted; the condition Suspended says what the Job controller has done about it. */
  readonly suspended: boolean;
  /** Nightwatch is who suspended it. */
  readonly suspendedByUs: boolean;
  /** Pods that have neither ended nor are being deleted. */
  readonly active: number;
  readonly ready: number;
  readonly succeeded: number;
  readonly failed: number;
  /** When the Job controller took it up, or took it up again after a suspension; milliseconds since 1970. */
  readonly startTimeMs: number | undefined;
  readonly conditions: readonly JobCondition[];
  readonly orders: JobOrders;
}

/** Whether it will never run again: only these two conditions say so, and they never revert. */
export function hasEnded(job: JobView): boolean {
  return job.conditions.some(({ type, status }) => type !== 'Suspended' && status === 'True');
}

/**
 * Whether it had not ended when its deletion was asked for: whatever it says since then may only come of that, for pods
 * that are stopped fail, or succeed early.
 */
export function endedByDeletion({ deletedAtMs, conditions }: JobView): boolean {
  if (deletedAtMs === undefined) return false;
  const hadEnded = ({ type, status, lastTransitionTimeMs }: JobCondition) =>
    type !== 'Suspended' && status === 'True' && (lastTransitionTimeMs ?? deletedAtMs) < deletedAtMs;
  return !conditions.some(hadEnded);
}

/** Whether it can be the uid of an object: a UUID in practice, and in any case what the column of a row takes. */
export function isUid(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{1,36}$/.test(value);
}

const noConditions: readonly JobCondition[] = [];

/**
 * Reads a Job as the API server sends it; undefined when it lacks what identifies every object of the server (name,
 * namespace, uid, resourceVersion). Anything else may be absent or of another type, and then counts as not said.
 *
 * Written by hand, without a schema: it runs for every event and every item of a list.
 */
export function readJob(value: unknown): JobView | undefined {
  const job = fields(value);
  const metadata = fields(job.metadata);
  const { name, namespace, uid, resourceVersion } = metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string') return undefined;
  if (!isUid(uid) || typeof resourceVersion !== 'string') return undefined;
  const status = fields(job.status);
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    deleting: typeof metadata.deletionTimestamp === 'string',
    deletedAtMs: time(metadata.deletionTimestamp),
    createdAtMs: time(metadata.creationTimestamp),
    labels: readLabels(fields(metadata.labels)),
    suspended: fields(job.spec).suspend === true,
    suspendedByUs: fields(metadata.annotations)[suspendedAnnotation] === 'true',
    active: count(status.active),
    ready: count(status.ready),
    succeeded: count(status.succeeded),
    failed: count(status.failed),
    startTimeMs: time(status.startTime),
    conditions: readConditions(status.conditions),
    orders: readOrders(fields(metadata.annotations)),
  };
}

function readLabels(labels: Fields): JobLabels {
  const number = text(labels[attemptNumberLabel]);
  return {
    installation: text(labels[installationLabel]),
    attemptId: text(labels[attemptIdLabel]),
    rowKey: text(labels[rowKeyLabel]),
    taskId: text(labels[taskIdLabel]),
    attemptNumber: number !== undefined && /^[1-9]\d{0,9}$/.test(number) ? Number(number) : undefined,
  };
}

/** One for all Jobs that have none, which are most. */
export const noOrders: JobOrders = {
  retry: undefined,
  logBytes: undefined,
  cleanUpSeconds: undefined,
  startDeadlineSeconds: undefined,
};

function readOrders(annotations: Fields): JobOrders {
  const retry = text(annotations[retryAnnotation]);
  const logBytes = wholeNumber(annotations[logBytesAnnotation]);
  const cleanUpSeconds = wholeNumber(annotations[cleanUpSecondsAnnotation]);
  const startDeadlineSeconds = wholeNumber(annotations[startDeadlineAnnotation]);
  const all = [retry, logBytes, cleanUpSeconds, startDeadlineSeconds];
  if (all.every((order) => order === undefined)) return noOrders;
  return { retry, logBytes, cleanUpSeconds, startDeadlineSeconds };
}

/** As it stands in an annotation: decimal. */
function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : undefined;
}

function readConditions(value: unknown): readonly JobCondition[] {
  if (!Array.isArray(value) || value.length === 0) return noConditions;
  const conditions: JobCondition[] = [];
  for (const item of value) {
    const condition = fields(item);
    const type = keptConditions.find((kept) => kept === condition.type);
    if (type === undefined) continue;
    conditions.push({
      type,
      status: text(condition.status) ?? 'Unknown',
      reason: text(condition.reason),
      message: text(condition.message),
      lastTransitionTimeMs: time(condition.lastTransitionTime),
    });
  }
  return conditions;
}
