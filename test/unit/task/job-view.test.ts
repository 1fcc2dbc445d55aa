import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endedByDeletion, readJob } from '../../../src/task/job-view.ts';
import { labelsOfAttempt } from '../../../src/task/labels.ts';
import { aCondition, aJobView, anAttempt, aPolicy } from '../../support/builders.ts';

/** A Job as the API server sends it, long before its end. */
function anObject(overrides: { metadata?: object; spec?: object; status?: unknown } = {}) {
  const { name, namespace, uid, resourceVersion } = aJobView();
  const labels = labelsOfAttempt(anAttempt(), aPolicy().installationId);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, uid, resourceVersion, labels, ...overrides.metadata },
    spec: { suspend: false, ...overrides.spec },
    status: overrides.status ?? {},
  };
}

describe('a Job that is deleted', () => {
  const deletedAtMs = Date.UTC(2026, 0, 1);
  const ended = (lastTransitionTimeMs: number | undefined) => aCondition({ type: 'Failed', lastTransitionTimeMs });
  const suspended = aCondition({ type: 'Suspended', lastTransitionTimeMs: 0 });

  for (const [what, job, expected] of [
    ['is not deleted', { conditions: [ended(0)] }, false],
    ['had not ended', { deletedAtMs, conditions: [suspended] }, true],
    ['ended before', { deletedAtMs, conditions: [ended(deletedAtMs - 1)] }, false],
    ['ended in the same second', { deletedAtMs, conditions: [ended(deletedAtMs)] }, true],
    ['ended after', { deletedAtMs, conditions: [ended(deletedAtMs + 1)] }, true],
    ['does not say when it ended', { deletedAtMs, conditions: [ended(undefined)] }, true],
  ] as const) {
    test(`ends ${expected ? '' : 'not '}by that when it ${what}`, () => {
      assert.equal(endedByDeletion(aJobView(job)), expected);
    });
  }
});

describe('a Job of the API server', () => {
  test('that is new is read with nothing counted', () => {
    assert.deepEqual(readJob(anObject()), aJobView());
  });

  test('that has ended is read with the conditions that count', () => {
    const startTime = '2026-01-01T00:00:00Z';
    const ended = readJob(
      anObject({
        status: {
          startTime,
          ready: 0,
          failed: 1,
          conditions: [
            { type: 'FailureTarget', status: 'True', reason: 'BackoffLimitExceeded' },
            { type: 'Suspended', status: 'False', lastTransitionTime: startTime },
            {
              type: 'Failed',
              status: 'True',
              reason: 'BackoffLimitExceeded',
              message: 'Job has reached…',
              lastTransitionTime: '2026-01-01T00:00:05Z',
            },
          ],
        },
      }),
    );
    const startTimeMs = Date.UTC(2026, 0, 1);
    assert.deepEqual(ended, {
      ...aJobView({ failed: 1, startTimeMs }),
      conditions: [
        {
          type: 'Suspended',
          status: 'False',
          reason: undefined,
          message: undefined,
          lastTransitionTimeMs: startTimeMs,
        },
        {
          type: 'Failed',
          status: 'True',
          reason: 'BackoffLimitExceeded',
          message: 'Job has reached…',
          lastTransitionTimeMs: startTimeMs + 5000,
        },
      ],
    });
  });

  test('that is being deleted, or suspended, says so', () => {
    const deleting = readJob(anObject({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }));
    assert.deepEqual([deleting?.deleting, deleting?.deletedAtMs], [true, Date.UTC(2026, 0, 1)]);
    assert.equal(readJob(anObject({ spec: { suspend: true } }))?.suspended, true);
  });

  for (const [mark, suspendedByUs] of [
    ['true', true],
    ['false', false],
    [true, false],
    [undefined, false],
  ] as const) {
    test(`says whether nightwatch suspended it (${String(mark)})`, () => {
      const view = readJob(anObject({ metadata: { annotations: { 'nightwatch.dev/suspended': mark } } }));
      assert.equal(view?.suspendedByUs, suspendedByUs);
    });
  }

  for (const [written, seconds] of [
    ['60', 60],
    ['2147483647', 2_147_483_647],
    ['-1', undefined],
    ['1e3', undefined],
    ['99999999999', undefined],
    ['', undefined],
    [60, undefined],
  ] as const) {
    test(`has a start deadline of ${seconds} seconds when its annotation says ${JSON.stringify(written)}`, () => {
      const annotations = { 'nightwatch.dev/start-deadline-seconds': written };
      assert.equal(readJob(anObject({ metadata: { annotations } }))?.orders.startDeadlineSeconds, seconds);
    });
  }

  test('of somebody else is read without labels of ours', () => {
    const foreign = readJob(anObject({ metadata: { labels: { app: 'x' } } }));
    const none = {
      installation: undefined,
      attemptId: undefined,
      rowKey: undefined,
      taskId: undefined,
      attemptNumber: undefined,
    };
    assert.deepEqual(foreign?.labels, none);
    assert.deepEqual(readJob(anObject({ metadata: { labels: undefined } }))?.labels, none);
  });

  for (const label of ['', '0', '-1', '1.5', '1e3', 'x', '99999999999']) {
    test(`has no attempt number when its label says ${JSON.stringify(label)}`, () => {
      const view = readJob(anObject({ metadata: { labels: { 'nightwatch.dev/attempt': label } } }));
      assert.equal(view?.labels.attemptNumber, undefined);
    });
  }

  for (const key of ['name', 'namespace', 'uid', 'resourceVersion']) {
    test(`is none without a ${key}`, () => {
      assert.equal(readJob(anObject({ metadata: { [key]: undefined } })), undefined);
      assert.equal(readJob(anObject({ metadata: { [key]: 7 } })), undefined);
    });
  }

  test('is none when it is no object', () => {
    for (const value of [undefined, null, 'x', 7, [], {}, { metadata: null }]) assert.equal(readJob(value), undefined);
  });

  test('whose status is garbage is read as if nothing had been said', () => {
    for (const status of [
      null,
      'x',
      [],
      { active: '1', ready: -1, succeeded: null, conditions: {}, startTime: 'soon' },
    ]) {
      assert.deepEqual(readJob(anObject({ status })), aJobView());
    }
    const odd = readJob(
      anObject({ status: { conditions: [null, 7, { type: 'Failed' }, { type: 1, status: 'True' }] } }),
    );
    assert.deepEqual(odd?.conditions, [
      { type: 'Failed', status: 'Unknown', reason: undefined, message: undefined, lastTransitionTimeMs: undefined },
    ]);
  });
});
