import type { V1Job } from '@kubernetes/client-node';
import { matchesImage } from './image-pattern.ts';
import { buildJob } from './job-manifest.ts';
import { maximumFaults } from './maxima.ts';
import { joinFaults, quoted } from './message.ts';
import { indexedNameFault, jobNameFault, namespaceFault } from './names.ts';
import { allowsNamespace, type LaunchPolicy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { parseSpec } from './spec.ts';
import type { ClaimedTask } from './task.ts';
import type { TaskSpec } from './task-spec.ts';

export type LaunchDecision = { readonly decision: 'launch'; readonly job: V1Job } | Rejection;

export interface Rejection {
  readonly decision: 'reject';
  readonly reason: Reason;
  readonly message: string;
}

const maximumListed = 10;

/**
 * Decides whether a claimed task becomes a Job, before any request to the cluster; never throws.
 *
 * A rejection is final for the attempt: only the row's owner, or an operator, can change its cause. The first check
 * that finds something gives the reason, with all that it found in the message.
 */
export function decideLaunch(claimed: ClaimedTask, policy: LaunchPolicy): LaunchDecision {
  const nameFaults = [jobNameFault(claimed.jobName), namespaceFault(claimed.namespace)].filter(
    (fault) => fault !== undefined,
  );
  if (nameFaults.length > 0) return reject('InvalidName', nameFaults);
  if (!allowsNamespace(policy, claimed.namespace)) {
    const allowed = list('namespaces', policy.namespaces);
    return reject('NamespaceNotAllowed', [`tasks may not run in namespace ${quoted(claimed.namespace)}: ${allowed}`]);
  }
  const parsed = parseSpec(claimed.info, claimed.infoBytes);
  if (parsed.result === 'invalid') return reject('InvalidSpec', [parsed.message]);
  const { completionMode, completions } = parsed.spec;
  const indexFault =
    completionMode === 'Indexed' ? indexedNameFault(claimed.jobName, (completions ?? 1) - 1) : undefined;
  if (indexFault !== undefined) return reject('InvalidName', [indexFault]);
  return checkAgainstPolicy(parsed.spec, policy) ?? { decision: 'launch', job: buildJob(claimed, parsed.spec, policy) };
}

function checkAgainstPolicy(spec: TaskSpec, policy: LaunchPolicy): Rejection | undefined {
  const { imagePatterns, serviceAccounts } = policy;
  if (imagePatterns !== undefined && !imagePatterns.some((pattern) => matchesImage(pattern, spec.image))) {
    const allowed = list('patterns, compared with the image as it is written,', imagePatterns);
    return reject('ImageNotAllowed', [`image ${quoted(spec.image)} is not allowed: ${allowed}`]);
  }
  if (spec.serviceAccountName !== undefined && !serviceAccounts.includes(spec.serviceAccountName)) {
    const allowed = list('service accounts', serviceAccounts);
    return reject('ServiceAccountNotAllowed', [`serviceAccountName ${quoted(spec.serviceAccountName)}: ${allowed}`]);
  }
  const exceeded = maximumFaults(spec, policy.maxima);
  return exceeded.length === 0 ? undefined : reject('MaximumExceeded', exceeded);
}

function reject(reason: Reason, faults: readonly string[]): Rejection {
  return { decision: 'reject', reason, message: joinFaults(faults) };
}

function list(what: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return `no ${what} are allowed`;
  const more = allowed.length > maximumListed ? ` and ${allowed.length - maximumListed} more` : '';
  return `the allowed ${what} are ${allowed.slice(0, maximumListed).map(quoted).join(', ')}${more}`;
}
