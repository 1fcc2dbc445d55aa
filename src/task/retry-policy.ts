import { coversReason, failureClasses, type RetryCause } from './failure-class.ts';
import type { RetrySpec } from './task-spec.ts';

/** How a task is repeated, nothing left out. */
export interface RetryPolicy {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly backOff: BackOff;
  readonly on: readonly RetryCause[];
}

export interface BackOff {
  readonly initialSeconds: number;
  readonly factor: number;
  readonly maximumSeconds: number;
  /** The part of a pause that is at most taken off at random, 0 to 1. */
  readonly jitter: number;
}

/** How an attempt failed. */
export interface Failure {
  readonly reason: string;
  /** Of the container, where it ended by itself and is known. */
  readonly exitCode: number | undefined;
  /** Whether the container ever started: only then can the task have done anything. */
  readonly hasStarted: boolean;
}

/** What a row has used up since its user submitted it, without the attempt that is being decided on. */
export interface RetryHistory {
  /** Attempts whose container had started. */
  readonly tries: number;
  /** Attempts that failed before. */
  readonly setbacks: number;
}

export type RetryDecision =
  | {
      readonly decision: 'retry';
      /** Until the next attempt. */
      readonly delayMs: number;
      /** Whether the failed attempt uses up a try; else it is a setback. */
      readonly isTry: boolean;
    }
  | { readonly decision: 'end'; readonly why: 'no retry' | 'not covered' | 'tries used up' | 'setbacks used up' };

/** How many attempts may fail before their container starts: something is wrong that another attempt does not mend. */
export const maximumSetbacks = 10;

export const defaultBackOff: BackOff = { initialSeconds: 10, factor: 2, maximumSeconds: 300, jitter: 0.1 };

/** The policy that a row asks for, with the defaults in their places; of two times, the one given bends the other. */
export function retryPolicyOf({ maxAttempts, backOff = {}, on = failureClasses }: RetrySpec): RetryPolicy {
  const {
    initialSeconds = Math.min(defaultBackOff.initialSeconds, backOff.maximumSeconds ?? Number.POSITIVE_INFINITY),
    factor = defaultBackOff.factor,
    maximumSeconds = Math.max(defaultBackOff.maximumSeconds, initialSeconds),
    jitter = defaultBackOff.jitter,
  } = backOff;
  return { maxAttempts, backOff: { initialSeconds, factor, maximumSeconds, jitter }, on };
}

/**
 * Decides whether a task that failed is run again, and when.
 *
 * @param policy of the Job that ran, not what its row says by now; undefined where it has none
 * @param random gives numbers from 0 to below 1
 */
export function decideRetry(
  policy: RetryPolicy | undefined,
  { tries, setbacks }: RetryHistory,
  failure: Failure,
  random: () => number,
): RetryDecision {
  if (policy === undefined) return { decision: 'end', why: 'no retry' };
  if (!policy.on.some((cause) => covers(cause, failure))) return { decision: 'end', why: 'not covered' };
  const isTry = failure.hasStarted;
  if (isTry && tries + 1 >= policy.maxAttempts) return { decision: 'end', why: 'tries used up' };
  if (!isTry && setbacks >= maximumSetbacks) return { decision: 'end', why: 'setbacks used up' };
  return { decision: 'retry', delayMs: pauseMs(policy.backOff, tries + setbacks, random), isTry };
}

function covers(cause: RetryCause, { reason, exitCode }: Failure): boolean {
  if (typeof cause === 'object') return exitCode !== undefined && cause.exitCodes.includes(exitCode);
  return coversReason(cause, reason);
}

/** The pause after so many earlier failures; jitter only shortens it, so that it is never more than the maximum. */
function pauseMs(backOff: BackOff, earlier: number, random: () => number): number {
  const { initialSeconds, factor, maximumSeconds, jitter } = backOff;
  // A power that is not finite is more than every maximum; but of 0 it would make no number.
  const fullSeconds = initialSeconds === 0 ? 0 : Math.min(maximumSeconds, initialSeconds * factor ** earlier);
  return Math.round(fullSeconds * 1_000 * (1 - jitter * random()));
}
