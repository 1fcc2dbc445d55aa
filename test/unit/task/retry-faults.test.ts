import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faultOf } from './parsed-info.ts';

const ignore = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] };

describe('the fault of a retry', () => {
  const cases: readonly (readonly [name: string, info: object, said: string | RegExp])[] = [
    ['with a retry without a number', { retry: {} }, 'retry.maxAttempts: has to be a whole number from 1 to 1000'],
    ['with no attempts', { retry: { maxAttempts: 0 } }, 'retry.maxAttempts: has to be a whole number from 1 to 1000'],
    [
      'with a retry that shrinks',
      { retry: { maxAttempts: 2, backOff: { factor: 0.5 } } },
      'retry.backOff.factor: has to be a number from 1 to 10',
    ],
    [
      'with too much jitter',
      { retry: { maxAttempts: 2, backOff: { jitter: 1.1 } } },
      /^retry\.backOff\.jitter: .* from 0 to 1$/,
    ],
    [
      'with a pause above its maximum',
      { retry: { maxAttempts: 2, backOff: { initialSeconds: 9, maximumSeconds: 8 } } },
      'retry.backOff.initialSeconds: 9 is more than maximumSeconds: ask for 8 or less',
    ],
    [
      'with a retry of nothing',
      { retry: { maxAttempts: 2, on: [] } },
      /^retry\.on: has to have 1 to 20 entries: leave it out/,
    ],
    [
      'with a misspelt class',
      { retry: { maxAttempts: 2, on: ['infrastructure'] } },
      "retry.on[0]: 'infrastructure' is nothing that is repeated: did you mean 'Infrastructure'?",
    ],
    [
      'with a reason for which nothing is repeated',
      { retry: { maxAttempts: 2, on: ['Cancelled'] } },
      /^retry\.on\[0\]: 'Cancelled' is nothing that is repeated/,
    ],
    [
      'with a bare exit code',
      { retry: { maxAttempts: 2, on: [75] } },
      'retry.on[0]: has to be a class or a reason, or an object such as {"exitCodes": [75]}',
    ],
    [
      'with the exit code of success',
      { retry: { maxAttempts: 2, on: [{ exitCodes: [0] }] } },
      'retry.on[0].exitCodes[0]: has to be a whole number from 1 to 255',
    ],
    [
      'with a misspelt entry',
      { retry: { maxAttempts: 2, on: [{ exitCode: [1] }] } },
      /^retry\.on\[0\]: unknown key 'exitCode': did you mean 'exitCodes'\?/,
    ],

    [
      'with two layers that repeat',
      { retry: { maxAttempts: 2 }, backoffLimit: 3 },
      'backoffLimit: 3 repeats pods, and retry repeats the task: leave one of them out, or set it to 0',
    ],
    [
      'with two layers that repeat indexes',
      { completionMode: 'Indexed', completions: 4, retry: { maxAttempts: 2 }, backoffLimitPerIndex: 1 },
      /^backoffLimitPerIndex: 1 repeats pods, and retry repeats the task/,
    ],
    [
      'with two layers that repeat what was disrupted',
      { retry: { maxAttempts: 2 }, podFailurePolicy: ignore },
      /^podFailurePolicy\.rules\[0\]\.action: Ignore repeats pods, and retry repeats the task/,
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
