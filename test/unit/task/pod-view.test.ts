import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { failureOfPod, waitOfPod } from '../../../src/task/pod-reasons.ts';
import { hasStarted, isTerminal, readPod } from '../../../src/task/pod-view.ts';
import { aPodView } from '../../support/builders.ts';

const { name, namespace, uid, attemptId, jobUid } = aPodView();

/** A pod as the API server sends it, just made and placed. */
function anObject(overrides: { metadata?: object; spec?: object; status?: unknown } = {}) {
  const labels = { 'nightwatch.dev/attempt-id': attemptId };
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid: jobUid, controller: true }];
  const creationTimestamp = '2026-01-01T00:00:00Z';
  return {
    metadata: { name, namespace, uid, labels, ownerReferences, creationTimestamp, ...overrides.metadata },
    spec: { nodeName: 'node-1', ...overrides.spec },
    status: overrides.status ?? { phase: 'Pending' },
  };
}

function withState(state: object, container = 'task') {
  return readPod(anObject({ status: { phase: 'Pending', containerStatuses: [{ name: container, state }] } }));
}

describe('a pod of the API server', () => {
  test('that was just made is read with nothing said', () => {
    assert.deepEqual(readPod(anObject()), aPodView());
  });

  test('tells its Job by its owner, or by the label of the Job controller', () => {
    const label = { 'batch.kubernetes.io/controller-uid': 'uid-by-label' };
    assert.equal(readPod(anObject({ metadata: { ownerReferences: [], labels: label } }))?.jobUid, 'uid-by-label');
    assert.equal(readPod(anObject({ metadata: { labels: label } }))?.jobUid, jobUid);
    assert.equal(readPod(anObject({ metadata: { ownerReferences: [{ kind: 'Job', uid: 'x' }] } }))?.jobUid, undefined);
  });

  test('tells why its container waits, and only of the one of the task', () => {
    const waiting = { reason: 'ErrImagePull', message: 'no such thing' };
    assert.deepEqual(withState({ waiting })?.waiting, waiting);
    assert.equal(withState({ waiting }, 'sidecar')?.waiting, undefined);
  });

  test('tells how its container ended, and whether it had ever started', () => {
    const times = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' };
    const ended = withState({ terminated: { exitCode: 3, reason: 'Error', ...times } })?.ended;
    assert.deepEqual([ended?.exitCode, ended?.started, ended?.finishedAtMs], [3, true, Date.parse(times.finishedAt)]);
    // What a container that could not be started says of its start.
    const startedAt = '1970-01-01T00:00:00Z';
    assert.equal(withState({ terminated: { exitCode: 128, reason: 'StartError', startedAt } })?.ended?.started, false);
  });

  test('says how much of its log is kept, when it says a number', () => {
    const of = (bytes: unknown) =>
      readPod(anObject({ metadata: { annotations: { 'nightwatch.dev/log-bytes': bytes } } }));
    assert.deepEqual([of('100')?.logBytes, of('0')?.logBytes], [100, 0]);
    assert.deepEqual([of('-1')?.logBytes, of('much')?.logBytes, of(5)?.logBytes], [undefined, undefined, undefined]);
  });

  test('may be anything: it is read without an error, or not at all', () => {
    const property = fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (metadata, spec, status) => {
      const own = typeof metadata === 'object' && metadata !== null ? metadata : {};
      const pod = readPod({ metadata: { name, namespace, uid, ...own }, spec, status });
      if (pod === undefined) return;
      isTerminal(pod);
      hasStarted(pod);
      failureOfPod(pod);
      waitOfPod(pod);
    });
    fc.assert(property, { numRuns: 300 });
    for (const value of [undefined, null, 1, 'pod', [], {}, { metadata: { name, namespace } }]) {
      assert.equal(readPod(value), undefined);
    }
  });
});
