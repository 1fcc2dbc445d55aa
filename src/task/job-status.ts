import type { JobCondition, JobView } from './job-view.ts';
import { capMessage } from './message.ts';
import { type Reason, reasons } from './reasons.ts';
import type { EndStatus } from './status.ts';
import type { OpenState } from './task.ts';

/** How an attempt ended, as it is written to the row. */
export interface EndState {
  readonly status: EndStatus;
  readonly reason: Reason | undefined;
  readonly message: string | undefined;
}

export type JobState = OpenState | EndState;

interface StatusRule {
  /** The sentence that is true of the Job when the rule applies. */
  readonly name: string;
  readonly applies: (job: JobView, startSeen: boolean) => boolean;
  readonly state: (job: JobView) => JobState;
}

/** The Job controller's words for a failure that are also ours. */
const failureReasons = [
  'BackoffLimitExceeded',
  'DeadlineExceeded',
  'PodFailurePolicy',
  'MaxFailedIndexesExceeded',
  'FailedIndexes',
] as const satisfies readonly Reason[];

// One object each, which every attempt that stands so shares.
const running: OpenState = { status: 'Running', reason: undefined, message: undefined };
const suspended: OpenState = { status: 'Suspended', reason: 'Suspended', message: reasons.Suspended };
const waitingForPods: OpenState = { status: 'Pending', reason: 'WaitingForPods', message: reasons.WaitingForPods };
const noPodsYet: OpenState = { status: 'Pending', reason: undefined, message: undefined };

/** In order: the first rule that applies decides. Only the first two end an attempt. */
const rules: readonly StatusRule[] = [
  {
    name: 'has completed',
    applies: (job) => trueCondition(job, 'Complete') !== undefined,
    state: () => ({ status: 'Succeeded', reason: undefined, message: undefined }),
  },
  {
    name: 'has failed',
    applies: (job) => trueCondition(job, 'Failed') !== undefined,
    state: (job) => failure(trueCondition(job, 'Failed')),
  },
  {
    name: 'is suspended',
    applies: (job) => job.suspended,
    state: () => suspended,
  },
  {
    // A start is remembered, so that a pod which is replaced or ends does not send its row back to Pending.
    name: 'has started',
    applies: (job, startSeen) => job.ready > 0 || job.succeeded > 0 || job.failed > 0 || startSeen,
    state: () => running,
  },
  {
    name: 'has pods that have not started',
    applies: (job) => job.active > 0,
    state: () => waitingForPods,
  },
];

/**
 * Says what a row should say of its Job.
 *
 * Only the conditions Complete and Failed with status 'True' end an attempt; while `SuccessCriteriaMet` or
 * `FailureTarget` (KEP-3998, KEP-3939) announce an end, pods may still run.
 *
 * @param startSeen whether a pod of this attempt was seen to have started since it last was suspended, by an earlier
 *   call that gave Running: a Job alone does not tell a pod that waits for its first start from one that was replaced
 */
export function statusOfJob(job: JobView, startSeen: boolean): JobState {
  return rules.find((rule) => rule.applies(job, startSeen))?.state(job) ?? noPodsYet;
}

function trueCondition(job: JobView, type: JobCondition['type']): JobCondition | undefined {
  return job.conditions.find((condition) => condition.type === type && condition.status === 'True');
}

function failure(condition: JobCondition | undefined): EndState {
  const known = failureReasons.find((reason) => reason === condition?.reason);
  const words = known === undefined ? [condition?.reason, condition?.message] : [condition?.message];
  const message = words.filter((word) => word !== undefined && word !== '').join(': ');
  return {
    status: 'Failed',
    reason: known ?? 'JobFailed',
    message: message === '' ? undefined : capMessage(message),
  };
}
