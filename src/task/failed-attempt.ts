import type { EndState } from './job-status.ts';
import { capMessage } from './message.ts';
import type { PodNote } from './pod-note.ts';
import type { Reason } from './reasons.ts';

/** How an attempt failed, as its Job and its pods together say. */
export interface AttemptFailure {
  readonly reason: Reason | undefined;
  readonly message: string | undefined;
  readonly exitCode: number | undefined;
}

/** What is known of the pods of an attempt that has failed. */
export type PodWords = Pick<PodNote, 'waited' | 'end'>;

/**
 * Says why an attempt failed.
 *
 * That its Job has reached its limit of failures says nothing of their cause, which the pods say; of every other reason
 * the Job controller has more to say than they. Its own words stay in the message in any case.
 */
export function failureOf(state: EndState, pods: PodWords | undefined): AttemptFailure {
  const { reason, message } = state;
  const failure = pods?.end?.failure;
  const exitCode = failure && pods?.end?.exitCode;
  if (failure && reason === 'BackoffLimitExceeded') {
    return { reason: failure.reason, message: joined(failure.message, message), exitCode };
  }
  if (failure) return { reason, message: joined(message, failure.message), exitCode };
  const waiting = pods?.waited && `the pod waited: ${pods.waited.reason}: ${pods.waited.message}`;
  return { reason, message: joined(message, waiting), exitCode };
}

function joined(first: string | undefined, second: string | undefined): string | undefined {
  const words = [first, second].filter((part) => part !== undefined && part !== '');
  return words.length === 0 ? undefined : capMessage(words.join('; '));
}
