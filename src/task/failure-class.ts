import type { Reason } from './reasons.ts';

/**
 * Why an attempt failed, seen from afar.
 *
 * - `Infrastructure`: the cluster took the pod away, or could not run it: the same task may well succeed elsewhere.
 * - `Application`: the task's own program failed, or wants more than the row gives it.
 * - `Deadline`: time ran out.
 */
export const failureClasses = ['Infrastructure', 'Application', 'Deadline'] as const;
export type FailureClass = (typeof failureClasses)[number];

/**
 * The class of each reason for which a task may be repeated; one of 'none' only where a row names that very reason.
 *
 * 'none' has two: a Job that somebody deleted, which is how a task is stopped by hand, and whose pods may have done
 * everything before; and what the row's own pod failure policy calls final. A Job that failed for a reason that we have
 * no word for counts as the task's own failure, for the Job controller fails Jobs for what their pods did.
 */
const classes = {
  Evicted: 'Infrastructure',
  NodeLost: 'Infrastructure',
  Preempted: 'Infrastructure',
  PodRejected: 'Infrastructure',
  'ImagePull.NotFound': 'Infrastructure',
  'ImagePull.Unauthorized': 'Infrastructure',
  'ImagePull.Other': 'Infrastructure',
  ExitCode: 'Application',
  OOMKilled: 'Application',
  ContainerConfig: 'Application',
  BackoffLimitExceeded: 'Application',
  MaxFailedIndexesExceeded: 'Application',
  FailedIndexes: 'Application',
  JobFailed: 'Application',
  DeadlineExceeded: 'Deadline',
  StartDeadline: 'Deadline',
  PodFailurePolicy: 'none',
  JobDeleted: 'none',
} as const satisfies Partial<Record<Reason, FailureClass | 'none'>>;

type ClassedReason = keyof typeof classes;

const classedReasons = Object.keys(classes) as readonly ClassedReason[];

/** All reasons that begin with this word and a dot. */
const families = ['ImagePull'] as const;

/** A word of `info.retry.on`. */
export type RetryWord = FailureClass | (typeof families)[number] | ClassedReason;

/** What `info.retry.on` may name. */
export type RetryCause = RetryWord | { readonly exitCodes: readonly number[] };

export const retryWords: readonly RetryWord[] = [...failureClasses, ...families, ...classedReasons];

/** The class of a reason; undefined for what is never repeated unasked, such as a refused row or a deleted Job. */
export function failureClass(reason: string): FailureClass | undefined {
  const known = classedReasons.find((word) => word === reason);
  const found = known === undefined ? 'none' : classes[known];
  return found === 'none' ? undefined : found;
}

/** Whether a word of `info.retry.on` is about a failure with this reason. */
export function coversReason(word: RetryWord, reason: string): boolean {
  return word === reason || word === failureClass(reason) || reason.startsWith(`${word}.`);
}
