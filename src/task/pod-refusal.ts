import { capMessage } from './message.ts';
import type { PodReason } from './pod-reasons.ts';
import type { Reason } from './reasons.ts';

/** What the Job controller says when a pod cannot be made, and what that is called here; the first that matches. */
const refusals: readonly (readonly [words: RegExp, reason: Reason])[] = [
  [/violates PodSecurity/i, 'PodSecurity'],
  [/exceeded quota|failed quota/i, 'QuotaExceeded'],
  [/cannot create resource|serviceaccount "[^"]*" not found|error looking up service account/i, 'Forbidden'],
  [/time.?out|internal error|connection refused|unavailable|etcdserver/i, 'ApiUnavailable'],
];

/** Why pods of a Job are refused, from the message of its event FailedCreate; in doubt a policy has refused them. */
export function refusalIn(message: string): PodReason {
  const reason = refusals.find(([words]) => words.test(message))?.[1] ?? 'AdmissionDenied';
  return { reason, message: capMessage(message) };
}
