import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { installationLabel, managedByLabel } from '../../../src/task/labels.ts';
import { annotationKeyFault, labelKeyFault, labelValueFault } from '../../../src/task/metadata-key.ts';

describe('the key of a label', () => {
  for (const key of ['team', 'Team_1.x', 'example.com/team', 'nightwatch.test/life', 'constructor', 'x'.repeat(63)]) {
    test(`may be ${key}`, () => assert.equal(labelKeyFault(key), undefined));
  }
  for (const key of [
    installationLabel,
    managedByLabel,
    'x.nightwatch.dev/attempt-id',
    'kubernetes.io/x',
    'batch.kubernetes.io/job-name',
    'evilkubernetes.io/x',
    'k8s.io/x',
    'pod-security.k8s.io/x',
    'Kubernetes.IO/x',
  ]) {
    test(`may not be ${key}, which is reserved`, () => assert.match(labelKeyFault(key) ?? '', /is reserved/));
  }
  for (const key of ['job-name', 'controller-uid']) {
    test(`may not be ${key}, which the Job controller sets`, () => {
      assert.match(labelKeyFault(key) ?? '', /set by Kubernetes itself/);
      assert.equal(annotationKeyFault(key), undefined);
    });
  }
  for (const key of ['', '/', 'a/', '-a', 'a-', 'a b', 'ä', 'x'.repeat(64), 'a/b/c', 'example.com/', '/a', 'a_b/c']) {
    test(`may not be ${JSON.stringify(key)}`, () => assert.notEqual(labelKeyFault(key), undefined));
  }
});

describe('the value of a label', () => {
  for (const value of ['', 'a', 'A.b_c-d', '1', 'x'.repeat(63)]) {
    test(`may be ${JSON.stringify(value)}`, () => assert.equal(labelValueFault(value), undefined));
  }
  for (const value of ['-', 'a/b', 'a b', 'ä', '.a', 'x'.repeat(64), 'a\n']) {
    test(`may not be ${JSON.stringify(value)}`, () => assert.match(labelValueFault(value) ?? '', /at most 63/));
  }
});
