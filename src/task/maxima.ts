import type { LaunchMaxima } from './policy.ts';
import { cpuMillicores, formatBytes, quantityBytes } from './quantity.ts';
import type { ResourceAmounts, TaskSpec } from './task-spec.ts';

/** Says where a spec asks for more than the maxima allow; empty when it nowhere does. */
export function maximumFaults(spec: TaskSpec, maxima: LaunchMaxima): readonly string[] {
  const faults: string[] = [];
  for (const kind of ['requests', 'limits'] as const) {
    const amounts = spec.resources?.[kind];
    const path = `resources.${kind}`;
    if (exceeds(amounts?.cpu, cpuMillicores, maxima.cpuMillicores)) {
      faults.push(`${path}.cpu: '${amounts?.cpu}' is more than the maximum '${maxima.cpuMillicores}m'`);
    }
    if (exceeds(amounts?.memory, quantityBytes, maxima.memoryBytes)) {
      faults.push(
        `${path}.memory: '${amounts?.memory}' is more than the maximum '${formatBytes(maxima.memoryBytes ?? 0)}'`,
      );
    }
  }
  return [...faults, ...countFaults(spec, maxima)];
}

function countFaults(spec: TaskSpec, maxima: LaunchMaxima): readonly string[] {
  const asked = [
    ['deadlineSeconds', spec.deadlineSeconds, maxima.deadlineSeconds],
    ['startDeadlineSeconds', spec.startDeadlineSeconds, maxima.startDeadlineSeconds],
    ['terminationGracePeriodSeconds', spec.terminationGracePeriodSeconds, maxima.terminationGracePeriodSeconds],
    ['parallelism', spec.parallelism, maxima.parallelism],
    ['retry.maxAttempts', spec.retry?.maxAttempts, maxima.attempts],
    ['ttlSecondsAfterFinished', spec.ttlSecondsAfterFinished, maxima.ttlSecondsAfterFinished],
    ['log.tailBytes', spec.log === false ? undefined : spec.log?.tailBytes, maxima.logBytes],
  ] as const;
  return asked
    .filter(([, amount, maximum]) => exceeds(amount, (value) => value, maximum))
    .map(([path, amount, maximum]) => `${path}: ${amount} is more than the maximum ${maximum}`);
}

/** What Kubernetes gives pods that ask for no grace period. */
const usualGraceSeconds = 30;

/** The grace period of a task's pods; undefined where that of Kubernetes is right. */
export function boundedGraceSeconds(spec: TaskSpec, maxima: LaunchMaxima): number | undefined {
  const { terminationGracePeriodSeconds: maximum } = maxima;
  const bound = maximum !== undefined && maximum < usualGraceSeconds ? maximum : undefined;
  return spec.terminationGracePeriodSeconds ?? bound;
}

/**
 * The resources of a task's container: what the row asks for, with the maxima as limits where it names none.
 *
 * Kubernetes would copy such a limit into a request that is left out, and a pod that asked for nothing would wait for
 * a node with the maximum free; so a request is then named too, as 0.
 */
export function boundedResources(
  spec: TaskSpec,
  maxima: LaunchMaxima,
): { requests: Record<string, string>; limits: Record<string, string> } {
  const requests = amountsOf(spec.resources?.requests);
  const limits = amountsOf(spec.resources?.limits);
  const bounds = {
    cpu: maxima.cpuMillicores === undefined ? undefined : `${maxima.cpuMillicores}m`,
    memory: maxima.memoryBytes === undefined ? undefined : formatBytes(maxima.memoryBytes),
  };
  for (const [name, bound] of Object.entries(bounds)) {
    if (bound === undefined || limits[name] !== undefined) continue;
    limits[name] = bound;
    requests[name] ??= '0';
  }
  return { requests, limits };
}

function exceeds<T>(
  value: T | undefined,
  read: (value: T) => number | undefined,
  maximum: number | undefined,
): boolean {
  return value !== undefined && maximum !== undefined && (read(value) ?? Number.POSITIVE_INFINITY) > maximum;
}

function amountsOf(amounts: ResourceAmounts | undefined): Record<string, string> {
  return { ...amounts };
}
