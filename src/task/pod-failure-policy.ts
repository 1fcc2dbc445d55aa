import type { V1PodFailurePolicy, V1PodFailurePolicyRule } from '@kubernetes/client-node';
import type { PodFailureRule, TaskSpec } from './task-spec.ts';

/** The Job's pod failure policy, as the API server takes it; undefined where the row has none. */
export function podFailurePolicyOf({ podFailurePolicy }: TaskSpec): V1PodFailurePolicy | undefined {
  return podFailurePolicy && { rules: podFailurePolicy.rules.map(toRule) };
}

function toRule({ action, onExitCodes, onPodConditions }: PodFailureRule): V1PodFailurePolicyRule {
  return {
    action,
    // The API server takes exit codes in ascending order only.
    ...(onExitCodes && {
      onExitCodes: { operator: onExitCodes.operator, values: onExitCodes.values.toSorted((a, b) => a - b) },
    }),
    ...(onPodConditions && {
      onPodConditions: onPodConditions.map(({ type, status = 'True' }) => ({ type, status })),
    }),
  };
}
