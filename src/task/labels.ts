import type { Attempt } from './task.ts';

/** The domain of all label and annotation keys that are ours; rows may not use it. */
export const labelDomain = 'nightwatch.dev';

export const managedByLabel = 'app.kubernetes.io/managed-by';
const managedByValue = 'nightwatch';

/** Which installation a Job belongs to: a Job without this installation's id is foreign, whatever its name. */
export const installationLabel = `${labelDomain}/installation`;
/** Which attempt a Job carries out: what makes a Job a row's. */
export const attemptIdLabel = `${labelDomain}/attempt-id`;
/** Which row, by the key that is drawn once: tells it from a row that was inserted again with the same id and name. */
export const rowKeyLabel = `${labelDomain}/row-key`;
export const taskIdLabel = `${labelDomain}/task-id`;
/** The attempt's number, from 1. */
export const attemptNumberLabel = `${labelDomain}/attempt`;

/** The labels that nightwatch puts on the Job of an attempt and on its pods. */
export function labelsOfAttempt(attempt: Attempt, installationId: string): Record<string, string> {
  return {
    [managedByLabel]: managedByValue,
    [installationLabel]: installationId,
    [attemptIdLabel]: attempt.attemptId,
    [rowKeyLabel]: attempt.rowKey,
    [taskIdLabel]: attempt.taskId,
    [attemptNumberLabel]: String(attempt.number),
  };
}

/** The label selector by which lists and watches see the Jobs of one installation and no others. */
export function installationSelector(installationId: string): string {
  return `${installationLabel}=${installationId}`;
}
