import {
  cleanUpSecondsAnnotation,
  logBytesAnnotation,
  retryAnnotation,
  startDeadlineAnnotation,
} from './annotations.ts';
import type { LaunchPolicy } from './policy.ts';
import { type RetryPolicy, retryPolicyOf } from './retry-policy.ts';
import { retrySchema } from './retry-schema.ts';
import type { TaskSpec } from './task-spec.ts';

/** What the Job of a task is annotated with for whoever leads later; nothing for what the configuration decides. */
export function jobAnnotations(spec: TaskSpec, policy: LaunchPolicy): Record<string, string> {
  const startDeadlineSeconds = spec.startDeadlineSeconds ?? policy.maxima.startDeadlineSeconds;
  return {
    ...(spec.retry && { [retryAnnotation]: JSON.stringify(retryPolicyOf(spec.retry)) }),
    ...(startDeadlineSeconds !== undefined && { [startDeadlineAnnotation]: String(startDeadlineSeconds) }),
    ...(spec.ttlSecondsAfterFinished !== undefined && {
      [cleanUpSecondsAnnotation]: String(spec.ttlSecondsAfterFinished),
    }),
    ...podAnnotations(spec),
  };
}

/** What its pods are annotated with, so that one who reads a log need not look for the Job. */
export function podAnnotations(spec: TaskSpec): Record<string, string> {
  if (spec.log === undefined) return {};
  return { [logBytesAnnotation]: String(spec.log === false ? 0 : spec.log.tailBytes) };
}

/** Reads an annotation that is a whole number; undefined when it is none: anybody who may edit Jobs can have changed it. */
export function readWholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Reads the annotation of the retry policy; undefined when there is none, or none that a row could have asked for. */
export function readRetryPolicy(text: string | undefined): RetryPolicy | undefined {
  if (text === undefined) return undefined;
  try {
    const { success, data } = retrySchema.safeParse(JSON.parse(text));
    return success ? retryPolicyOf(data) : undefined;
  } catch {
    // Not JSON: somebody has edited the Job.
    return undefined;
  }
}
