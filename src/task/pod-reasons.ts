import { capMessage } from './message.ts';
import { hasStarted, isTerminal, type PodView } from './pod-view.ts';
import type { Reason } from './reasons.ts';

/** What a pod says of why its task does not run, or no longer. */
export interface PodReason {
  readonly reason: Reason;
  readonly message: string;
}

interface PodRule {
  /** The sentence that is true of the pod when the rule applies. */
  readonly name: string;
  readonly applies: (pod: PodView) => boolean;
  readonly reason: (pod: PodView) => Reason;
  readonly message: (pod: PodView) => string;
}

const pullFailures = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];
const configFailures = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
];
/** The words for a container that the runtime could not start. */
const startFailures = ['StartError', 'ContainerCannotRun'];

/**
 * How pods fail, in order: the first rule that applies decides.
 *
 * The cluster's doing first: a pod that is evicted is killed, and its container then ends with an exit code, too. The
 * reasons of the condition are those of
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions.
 */
const failures: readonly PodRule[] = [
  byStatus('was preempted on its node', 'Preempted', ['Preempting']),
  byDisruption('was preempted by the scheduler', 'Preempted', ['PreemptionByScheduler']),
  byStatus('was lost with its node', 'NodeLost', ['NodeLost', 'NodeShutdown', 'Shutdown', 'Terminated']),
  byDisruption('was deleted after its node was lost', 'NodeLost', ['DeletionByTaintManager', 'DeletionByPodGC']),
  byStatus('was evicted', 'Evicted', ['Evicted']),
  byDisruption('was evicted through the API or by its node', 'Evicted', ['EvictionByEvictionAPI']),
  {
    name: 'was killed for want of memory',
    applies: ({ ended }) => ended?.reason === 'OOMKilled',
    reason: () => 'OOMKilled',
    message: endMessage,
  },
  byDisruption('was ended by its node', 'Evicted', ['TerminationByKubelet']),
  byStatus('ran longer than it may', 'DeadlineExceeded', ['DeadlineExceeded']),
  {
    name: 'has a container of which nothing is known any more',
    applies: ({ ended }) => ended?.reason === 'ContainerStatusUnknown',
    reason: () => 'NodeLost',
    message: endMessage,
  },
  {
    name: 'has a container that could not be started',
    applies: ({ ended }) => ended !== undefined && startFailures.includes(ended.reason ?? ''),
    reason: () => 'ContainerConfig',
    message: endMessage,
  },
  {
    name: 'has a container that ended with another exit code than 0',
    applies: ({ ended }) => ended !== undefined && ended.exitCode !== 0,
    reason: () => 'ExitCode',
    message: endMessage,
  },
  {
    name: 'was refused by its node',
    applies: ({ ended, reason }) => ended === undefined && reason !== undefined,
    reason: () => 'PodRejected',
    message: statusMessage,
  },
];

/** Why pods do not start, in order. */
const waits: readonly PodRule[] = [
  {
    name: 'waits for its image',
    applies: ({ waiting }) => waiting !== undefined && pullFailures.includes(waiting.reason),
    reason: ({ waiting }) => `ImagePull.${pullFailureOf(`${waiting?.reason} ${waiting?.message ?? ''}`)}`,
    message: ({ waiting }) => joined(waiting?.reason, waiting?.message),
  },
  {
    name: 'has a container that cannot be made',
    applies: ({ waiting }) => waiting !== undefined && configFailures.includes(waiting.reason),
    reason: () => 'ContainerConfig',
    message: ({ waiting }) => joined(waiting?.reason, waiting?.message),
  },
  {
    name: 'has no node',
    applies: ({ unscheduled }) => unscheduled !== undefined,
    reason: ({ unscheduled }) => `Unschedulable.${shortageOf(unscheduled?.message ?? '')}`,
    message: ({ unscheduled }) => joined(unscheduled?.reason, unscheduled?.message),
  },
];

/** Why a pod failed; undefined while it has not, or when it says nothing of the cause. */
export function failureOfPod(pod: PodView): PodReason | undefined {
  return pod.phase === 'Failed' ? firstThatApplies(failures, pod) : undefined;
}

/** Why a pod does not start; undefined once it has, and while nothing keeps it from it. */
export function waitOfPod(pod: PodView): PodReason | undefined {
  return isTerminal(pod) || hasStarted(pod) || pod.deleting ? undefined : firstThatApplies(waits, pod);
}

function firstThatApplies(rules: readonly PodRule[], pod: PodView): PodReason | undefined {
  const rule = rules.find(({ applies }) => applies(pod));
  return rule && { reason: rule.reason(pod), message: capMessage(rule.message(pod)) };
}

function byStatus(name: string, reason: Reason, words: readonly string[]): PodRule {
  const applies = (pod: PodView) => words.includes(pod.reason ?? '');
  return { name, applies, reason: () => reason, message: statusMessage };
}

function byDisruption(name: string, reason: Reason, words: readonly string[]): PodRule {
  const applies = ({ disrupted }: PodView) => words.includes(disrupted?.reason ?? '');
  const message = ({ disrupted }: PodView) => joined(disrupted?.reason, disrupted?.message);
  return { name, applies, reason: () => reason, message };
}

/** Registries answer in their own words; a refusal often says 'not found' too, so as not to tell what there is. */
function pullFailureOf(words: string): 'NotFound' | 'Unauthorized' | 'Other' {
  if (/unauthorized|authoriz|authentica|\bdenied\b|forbidden|\b40[13]\b|no basic auth/i.test(words))
    return 'Unauthorized';
  const isNone = /not found|notfound|manifest unknown|name unknown|no such image|InvalidImageName|ErrImageNeverPull/i;
  return isNone.test(words) ? 'NotFound' : 'Other';
}

/** The scheduler counts all nodes by what they lack: those that lack room would be right if there were more of them. */
function shortageOf(message: string): 'Resources' | 'Affinity' | 'Taints' | 'Other' {
  if (/\bInsufficient \S|Too many pods/i.test(message)) return 'Resources';
  if (/affinity|node selector|topology spread/i.test(message)) return 'Affinity';
  return /\btaints?\b|were unschedulable/i.test(message) ? 'Taints' : 'Other';
}

function endMessage({ ended }: PodView): string {
  const { exitCode, signal, reason, message } = ended ?? {};
  const killed = signal ?? (exitCode !== undefined && exitCode > 128 && exitCode < 160 ? exitCode - 128 : undefined);
  const code = exitCode === undefined ? 'no exit code is known' : `exit code ${exitCode}`;
  const word = reason === 'Error' ? undefined : reason;
  return joined(killed ? `${code} (signal ${killed})` : code, word, message?.trim());
}

function statusMessage({ reason, message }: PodView): string {
  return joined(reason, message);
}

function joined(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== '').join(': ');
}
