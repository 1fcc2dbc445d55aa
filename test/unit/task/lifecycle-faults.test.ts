import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fullSpec } from '../../support/full-spec.ts';
import { faultOf, parseInfo } from './parsed-info.ts';

const indexed = { completionMode: 'Indexed', completions: 4 };
const failIndex = { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }] };
const ignore = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] };

describe('the fault of info', () => {
  const cases: readonly (readonly [name: string, info: object, said: string | RegExp])[] = [
    ['with a start deadline of 0', { startDeadlineSeconds: 0 }, /^startDeadlineSeconds: has to be .* from 1 to/],
    [
      'with a negative grace period',
      { terminationGracePeriodSeconds: -1 },
      /^terminationGracePeriodSeconds: .* from 0/,
    ],
    ['with a Job kept for ever', { ttlSecondsAfterFinished: 31_622_401 }, /^ttlSecondsAfterFinished: .* to 31622400$/],
    ['with an unknown mode', { completionMode: 'indexed' }, 'completionMode: has to be one of NonIndexed, Indexed'],

    ['with a log switched on', { log: true }, 'log: has to be false, or an object such as {"tailBytes": 4096}'],
    ['with a log of nothing', { log: { tailBytes: 0 } }, 'log.tailBytes: has to be a whole number from 1 to 1048576'],
    ['with a misspelt log', { log: { tailByte: 1 } }, /^log: unknown key 'tailByte': did you mean 'tailBytes'\?; /],

    [
      'with indexes without a number of them',
      { completionMode: 'Indexed' },
      "completions: is missing: completionMode 'Indexed' has to know how many indexes there are",
    ],
    [
      'with a limit for indexes where there are none',
      { backoffLimitPerIndex: 1, completions: 2 },
      "backoffLimitPerIndex: needs completionMode 'Indexed': else there are no indexes",
    ],
    [
      'with failed indexes that none can be',
      { ...indexed, maxFailedIndexes: 1 },
      'maxFailedIndexes: needs backoffLimitPerIndex: else no index fails by itself',
    ],
    [
      'with more failed indexes than indexes',
      { ...indexed, backoffLimitPerIndex: 0, maxFailedIndexes: 5 },
      'maxFailedIndexes: 5 is too many for 4 completions: ask for 4 or less',
    ],
    [
      'with very many indexes of which all may fail',
      { ...indexed, completions: 100_001, backoffLimitPerIndex: 0 },
      /^maxFailedIndexes: is missing: with more than 100000 completions/,
    ],
    [
      'with very many indexes of which too many may fail',
      { ...indexed, completions: 100_001, backoffLimitPerIndex: 0, maxFailedIndexes: 10_001 },
      'maxFailedIndexes: 10001 is too many for 100001 completions: ask for 10000 or less',
    ],

    [
      'with a policy without rules',
      { podFailurePolicy: { rules: [] } },
      /^podFailurePolicy\.rules: has to have 1 to 20/,
    ],
    [
      'with too many rules',
      { podFailurePolicy: { rules: Array(21).fill(ignore.rules[0]) } },
      'podFailurePolicy.rules: has to have 1 to 20 rules',
    ],
    [
      'with a rule about nothing',
      ruled({}),
      'podFailurePolicy.rules[0]: has to have either onExitCodes or onPodConditions',
    ],
    [
      'with a rule about two things',
      ruled({ onExitCodes: { operator: 'In', values: [1] }, onPodConditions: [{ type: 'A' }] }),
      'podFailurePolicy.rules[0]: has to have either onExitCodes or onPodConditions',
    ],
    [
      'with an unknown action',
      { podFailurePolicy: { rules: [{ ...ignore.rules[0], action: 'Retry' }] } },
      'podFailurePolicy.rules[0].action: has to be one of FailJob, Ignore, Count, FailIndex',
    ],
    [
      'with the name of a container',
      ruled({ onExitCodes: { containerName: 'task', operator: 'In', values: [1] } }),
      "podFailurePolicy.rules[0].onExitCodes: unknown key 'containerName': known are operator, values",
    ],
    [
      'with an exit code of success',
      ruled({ onExitCodes: { operator: 'In', values: [1, 0] } }),
      /values\[1\]: a pod that ended with 0 has not failed/,
    ],
    [
      'with an exit code twice',
      ruled({ onExitCodes: { operator: 'In', values: [3, 4, 3] } }),
      'podFailurePolicy.rules[0].onExitCodes.values[2]: 3 is there twice',
    ],
    [
      'with no exit codes',
      ruled({ onExitCodes: { operator: 'In', values: [] } }),
      /values: has to have 1 to 255 numbers$/,
    ],
    [
      'with too many exit codes',
      ruled({ onExitCodes: { operator: 'In', values: Array(256).fill(1) } }),
      'podFailurePolicy.rules[0].onExitCodes.values: has to have 1 to 255 numbers',
    ],
    [
      'with a condition of a wrong type',
      ruled({ onPodConditions: [{ type: 'a b' }] }),
      /\.type: the type 'a b' is not right/,
    ],
    [
      'with a condition that is a boolean',
      ruled({ onPodConditions: [{ type: 'Ready', status: true }] }),
      /\[0\]\.status: has to be one of True, False, Unknown, in double quotes$/,
    ],
    [
      'with too many conditions',
      ruled({ onPodConditions: Array(21).fill({ type: 'A' }) }),
      /has to have 1 to 20 conditions$/,
    ],
    [
      'with failing indexes where there are none',
      { podFailurePolicy: failIndex },
      'podFailurePolicy.rules[0].action: FailIndex needs backoffLimitPerIndex: else no index fails alone',
    ],
  ];
  for (const [name, info, said] of cases) {
    test(`${name} says where and what would be right`, () => {
      const fault = faultOf({ image: 'x', ...info });
      if (typeof said === 'string') assert.equal(fault, said);
      else assert.match(fault, said);
    });
  }
});

describe('info is right', () => {
  for (const [name, info] of [
    ['with everything that can stand together', fullSpec],
    ['with a retry, and no other layer that repeats', { retry: { maxAttempts: 1 }, backoffLimit: 0 }],
    ['with pods that are replaced, and no retry', { backoffLimit: 3, podFailurePolicy: ignore }],
    ['with as many failed indexes as there are', { ...indexed, backoffLimitPerIndex: 0, maxFailedIndexes: 4 }],
    [
      'with very many indexes of which few may fail',
      { ...indexed, completions: 100_001, backoffLimitPerIndex: 0, maxFailedIndexes: 10_000 },
    ],
    [
      'with exit codes in any order, 0 among those that are not meant',
      ruled({ onExitCodes: { operator: 'NotIn', values: [9, 0] } }),
    ],
    ['without a log', { log: false }],
  ] as const) {
    test(name, () => {
      assert.deepEqual(parseInfo({ image: 'x', ...info }).result, 'valid');
    });
  }
});

function ruled(patterns: object): object {
  return { podFailurePolicy: { rules: [{ action: 'FailJob', ...patterns }] } };
}
