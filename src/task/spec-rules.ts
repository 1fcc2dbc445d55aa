import type { TaskSpec } from './task-spec.ts';

/** Something that is wrong only beside something else. */
export interface RuleFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Above so many completions Kubernetes wants to know how many indexes may fail, and lets only some. */
const manyCompletions = 100_000;
const maximumFailedOfMany = 10_000;

/** Says which keys of a spec, each right by itself, contradict one another; the rules but the last are Kubernetes' own. */
export function ruleFaults(spec: TaskSpec): readonly RuleFault[] {
  return [...indexFaults(spec), ...failIndexFaults(spec), ...retryFaults(spec)];
}

function indexFaults(spec: TaskSpec): readonly RuleFault[] {
  const { completionMode, completions, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const faults: RuleFault[] = [];
  const isIndexed = completionMode === 'Indexed';
  if (isIndexed && completions === undefined) {
    faults.push(fault(['completions'], "is missing: completionMode 'Indexed' has to know how many indexes there are"));
  }
  if (backoffLimitPerIndex !== undefined && !isIndexed) {
    faults.push(fault(['backoffLimitPerIndex'], "needs completionMode 'Indexed': else there are no indexes"));
  }
  if (maxFailedIndexes === undefined) {
    if (backoffLimitPerIndex === undefined || (completions ?? 0) <= manyCompletions) return faults;
    const message = `is missing: with more than ${manyCompletions} completions and backoffLimitPerIndex it has to be given`;
    return [...faults, fault(['maxFailedIndexes'], message)];
  }
  if (backoffLimitPerIndex === undefined) {
    faults.push(fault(['maxFailedIndexes'], 'needs backoffLimitPerIndex: else no index fails by itself'));
  }
  const most = (completions ?? 0) > manyCompletions ? maximumFailedOfMany : completions;
  if (most !== undefined && maxFailedIndexes > most) {
    const message = `${maxFailedIndexes} is too many for ${completions} completions: ask for ${most} or less`;
    faults.push(fault(['maxFailedIndexes'], message));
  }
  return faults;
}

function failIndexFaults({ podFailurePolicy, backoffLimitPerIndex }: TaskSpec): readonly RuleFault[] {
  if (backoffLimitPerIndex !== undefined) return [];
  return actionFaults(podFailurePolicy, 'FailIndex', 'FailIndex needs backoffLimitPerIndex: else no index fails alone');
}

/** Two layers that repeat multiply: three attempts of four pods each are twelve runs, which nobody means. */
function retryFaults(spec: TaskSpec): readonly RuleFault[] {
  const { retry, podFailurePolicy } = spec;
  if (retry === undefined) return [];
  const limits = (['backoffLimit', 'backoffLimitPerIndex'] as const).filter((key) => (spec[key] ?? 0) > 0);
  return [
    ...limits.map((key) =>
      fault([key], `${spec[key]} repeats pods, and retry repeats the task: leave one of them out, or set it to 0`),
    ),
    ...actionFaults(
      podFailurePolicy,
      'Ignore',
      "Ignore repeats pods, and retry repeats the task: leave one of them out; retry has 'Infrastructure' for it",
    ),
  ];
}

function actionFaults(policy: TaskSpec['podFailurePolicy'], action: string, message: string): readonly RuleFault[] {
  return (policy?.rules ?? []).flatMap((rule, index) =>
    rule.action === action ? [fault(['podFailurePolicy', 'rules', index, 'action'], message)] : [],
  );
}

function fault(path: readonly PropertyKey[], message: string): RuleFault {
  return { path, message };
}
