import type { TaskSpec } from '../../../src/task/task-spec.ts';
import { fullSpec } from '../../support/full-spec.ts';

const indexed: Partial<TaskSpec> = { completionMode: 'Indexed', completions: 4 };
const perIndex: Partial<TaskSpec> = { ...indexed, backoffLimitPerIndex: 1 };

/** What a key cannot be without. */
const companions: Readonly<Partial<Record<keyof TaskSpec, Partial<TaskSpec>>>> = {
  completionMode: indexed,
  backoffLimitPerIndex: indexed,
  maxFailedIndexes: perIndex,
  podFailurePolicy: perIndex,
};

/** What rows ask for, key by key, then what cannot stand beside the others. */
export const rightSpecs: readonly (readonly [what: string, spec: Partial<TaskSpec>])[] = [
  ...(Object.keys(fullSpec) as (keyof TaskSpec)[]).map(
    (key) => [key, { ...companions[key], [key]: fullSpec[key] }] as const,
  ),
  ['no log', { log: false }],
  ['a Job kept as long as may be', { ttlSecondsAfterFinished: 31_622_400 }],
  ['the longest grace period', { terminationGracePeriodSeconds: 2 ** 31 - 1 }],
  [
    'pods that are replaced when their node is emptied',
    {
      backoffLimit: 3,
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
          { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [75, 0, 3] } },
        ],
      },
    },
  ],
  [
    'as many rules, conditions and exit codes as there may be',
    {
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onPodConditions: Array(20).fill({ type: 'Ready', status: 'False' }) },
          {
            action: 'Count',
            onExitCodes: { operator: 'In', values: Array.from({ length: 255 }, (_, code) => code + 1) },
          },
          ...Array(18).fill({ action: 'Count', onExitCodes: { operator: 'NotIn', values: [0] } }),
        ],
      },
    },
  ],
  [
    'very many indexes',
    { ...perIndex, completions: 2 ** 31 - 1, parallelism: 10_000, maxFailedIndexes: 10_000, backoffLimit: 7 },
  ],
  ['as many failed indexes as there may be', { ...perIndex, completions: 100_000, maxFailedIndexes: 100_000 }],
];

/** What nightwatch refuses because Kubernetes would: it has to, or the rule is an idle one of ours. */
export const wrongSpecs: readonly (readonly [what: string, spec: Partial<TaskSpec>, says: RegExp])[] = [
  // Without either Kubernetes would take 1 for both.
  ['indexes without a number of them', { completionMode: 'Indexed', parallelism: 2 }, /spec\.completions: Required/],
  ['a limit for indexes where there are none', { backoffLimitPerIndex: 1 }, /requires indexed completion mode/],
  ['failed indexes that none can be', { ...indexed, maxFailedIndexes: 1 }, /backoffLimitPerIndex: Required/],
  ['more failed indexes than indexes', { ...perIndex, maxFailedIndexes: 5 }, /less than or equal to completions/],
  ['very many indexes of which all may fail', { ...perIndex, completions: 100_001 }, /must be specified when/],
  [
    'very many indexes of which too many may fail',
    { ...perIndex, completions: 100_001, maxFailedIndexes: 10_001 },
    /less than or equal to 10000/,
  ],
  ['too many failed indexes', { ...perIndex, completions: 100_000, maxFailedIndexes: 100_001 }, /maxFailedIndexes/],
  [
    'failing indexes where there are none',
    { podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }] } },
    /requires the backoffLimitPerIndex/,
  ],
  [
    'an exit code of success',
    { podFailurePolicy: { rules: [{ action: 'Count', onExitCodes: { operator: 'In', values: [0] } }] } },
    /must not be 0/,
  ],
  [
    'an exit code twice',
    { podFailurePolicy: { rules: [{ action: 'Count', onExitCodes: { operator: 'In', values: [1, 1] } }] } },
    /Duplicate value/,
  ],
  [
    'a rule about nothing',
    { podFailurePolicy: { rules: [{ action: 'Count' }] } },
    /one of OnExitCodes and OnPodConditions/,
  ],
  [
    'a condition of a wrong type',
    { podFailurePolicy: { rules: [{ action: 'Count', onPodConditions: [{ type: 'a b' }] }] } },
    /onPodConditions\[0\]\.type/,
  ],
];
