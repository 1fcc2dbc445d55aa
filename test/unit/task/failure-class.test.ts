import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  coversReason,
  type FailureClass,
  failureClass,
  failureClasses,
  type RetryWord,
  retryWords,
} from '../../../src/task/failure-class.ts';
import { type Reason, reasons } from '../../../src/task/reasons.ts';

describe('a failure', () => {
  const cases: readonly (readonly [Reason, FailureClass | undefined])[] = [
    ['Evicted', 'Infrastructure'],
    ['NodeLost', 'Infrastructure'],
    ['Preempted', 'Infrastructure'],
    ['PodRejected', 'Infrastructure'],
    ['ImagePull.NotFound', 'Infrastructure'],
    ['ExitCode', 'Application'],
    ['OOMKilled', 'Application'],
    ['ContainerConfig', 'Application'],
    ['BackoffLimitExceeded', 'Application'],
    ['JobFailed', 'Application'],
    ['DeadlineExceeded', 'Deadline'],
    ['StartDeadline', 'Deadline'],
    ['PodFailurePolicy', undefined],
    ['JobDeleted', undefined],
    ['InvalidSpec', undefined],
    ['Cancelled', undefined],
    ['NamespaceLost', undefined],
  ];
  for (const [reason, known] of cases) {
    test(`with the reason ${reason} is ${known === undefined ? 'of no class' : `of the class ${known}`}`, () => {
      assert.equal(failureClass(reason), known);
    });
  }

  test('with a word that is no reason is of no class, even one that every object knows', () => {
    for (const word of ['', 'constructor', '__proto__', 'Evicted.', 'ImagePull']) {
      assert.equal(failureClass(word), undefined, word);
    }
  });
});

describe('a word of a retry', () => {
  const cases: readonly (readonly [RetryWord, string, boolean])[] = [
    ['Infrastructure', 'Evicted', true],
    ['Infrastructure', 'ExitCode', false],
    ['Application', 'JobDeleted', false],
    ['JobDeleted', 'JobDeleted', true],
    ['Evicted', 'Preempted', false],
    ['ImagePull', 'ImagePull.NotFound', true],
    ['ImagePull', 'ImagePullBackOff', false],
    ['ImagePull.NotFound', 'ImagePull.Other', false],
  ];
  for (const [word, reason, covers] of cases) {
    test(`${word} is ${covers ? '' : 'not '}about ${reason}`, () => {
      assert.equal(coversReason(word, reason), covers);
    });
  }

  test('is a class, a reason, or what reasons begin with', () => {
    const known = Object.keys(reasons);
    for (const word of retryWords) {
      const isClass = failureClasses.some((name) => name === word);
      assert.ok(isClass || known.some((reason) => reason === word || reason.startsWith(`${word}.`)), word);
    }
  });
});
