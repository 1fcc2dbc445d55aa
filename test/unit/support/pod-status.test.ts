import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PlayedPod, playedPod } from '../../support/played-pod.ts';
import {
  endedStatus,
  imagePullFailureStatus,
  type PodStatus,
  rejectedStatus,
  runningStatus,
} from '../../support/pod-status.ts';

const startedAt = new Date('2026-01-01T00:00:01.999Z');
const finishedAt = new Date('2026-01-01T00:00:05.001Z');

function aPod(): PlayedPod {
  return playedPod.parse({
    metadata: { name: 'a-1', namespace: 'demo', uid: 'f3d1' },
    spec: { containers: [{ name: 'main', image: 'alpine' }, { name: 'beside' }] },
  });
}

function readiness(status: PodStatus) {
  return status.conditions.filter(({ type }) => type === 'Ready').map((condition) => condition.status);
}

describe('the status of a played pod', () => {
  for (const [name, status, phase, ready] of [
    ['running', runningStatus(aPod(), startedAt), 'Running', 'True'],
    [
      'succeeded',
      endedStatus(aPod(), { startedAt, finishedAt }, { exitCode: 0, reason: 'Completed' }),
      'Succeeded',
      'False',
    ],
    ['failed', endedStatus(aPod(), { startedAt, finishedAt }, { exitCode: 3, reason: 'Error' }), 'Failed', 'False'],
    ['without an image', imagePullFailureStatus(aPod(), startedAt), 'Pending', 'False'],
    ['rejected', rejectedStatus(startedAt, 'not one ending'), 'Failed', 'False'],
  ] as const) {
    it(`is ${phase} and Ready ${ready} when it is ${name}`, () => {
      assert.equal(status.phase, phase);
      assert.deepEqual(readiness(status), [ready]);
    });
  }

  it('speaks of every container, in whole seconds', () => {
    const running = { running: { startedAt: '2026-01-01T00:00:01Z' } };
    const status = runningStatus(aPod(), startedAt);
    assert.equal(status.startTime, '2026-01-01T00:00:01Z');
    assert.deepEqual(
      status.containerStatuses.map(({ name, image, ready, state }) => ({ name, image, ready, state })),
      [
        { name: 'main', image: 'alpine', ready: true, state: running },
        { name: 'beside', image: '', ready: true, state: running },
      ],
    );
  });

  it('tells exit code, reason and both times of an ending', () => {
    const status = endedStatus(aPod(), { startedAt, finishedAt }, { exitCode: 137, reason: 'OOMKilled' });
    assert.deepEqual(status.containerStatuses[0]?.state, {
      terminated: {
        exitCode: 137,
        reason: 'OOMKilled',
        startedAt: '2026-01-01T00:00:01Z',
        finishedAt: '2026-01-01T00:00:05Z',
      },
    });
  });

  it('names the reason why a container waits for its image', () => {
    const [main] = imagePullFailureStatus(aPod(), startedAt).containerStatuses;
    assert.ok(main && 'waiting' in main.state);
    assert.equal(main.state.waiting.reason, 'ImagePullBackOff');
  });

  it('says why a pod was rejected', () => {
    assert.equal(rejectedStatus(startedAt, 'not one ending').message, 'not one ending');
  });
});
