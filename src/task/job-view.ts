import { attemptIdLabel, attemptNumberLabel, installationLabel, rowKeyLabel, taskIdLabel } from './labels.ts';

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

/** The few fields of a Job that nightwatch looks at: small, for one is made for every event. */
export interface JobView {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** A deletion was asked for, though a finalizer may still keep the object. */
  readonly deleting: boolean;
  readonly labels: JobLabels;
  /** `spec.suspend`: what is wanted; the condition Suspended says what the Job controller has done about it. */
  readonly suspended: boolean;
  /** Pods that have neither ended nor are being deleted. */
  readonly active: number;
  readonly ready: number;
  readonly succeeded: number;
  readonly failed: number;
  /** When the Job controller took it up, or took it up again after a suspension; milliseconds since 1970. */
  readonly startTimeMs: number | undefined;
  readonly conditions: readonly JobCondition[];
}

/** Whether it will never run again: only these two conditions say so, and they never revert. */
export function hasEnded(job: JobView): boolean {
  return job.conditions.some(({ type, status }) => type !== 'Suspended' && status === 'True');
}

/** Whether it can be the uid of an object: a UUID in practice, and in any case what the column of a row takes. */
export function isUid(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{1,36}$/.test(value);
}

type Fields = Readonly<Record<string, unknown>>;

const noFields: Fields = {};
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
    labels: readLabels(fields(metadata.labels)),
    suspended: fields(job.spec).suspend === true,
    active: count(status.active),
    ready: count(status.ready),
    succeeded: count(status.succeeded),
    failed: count(status.failed),
    startTimeMs: time(status.startTime),
    conditions: readConditions(status.conditions),
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

function fields(value: unknown): Fields {
  return isFields(value) ? value : noFields;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}

function time(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
