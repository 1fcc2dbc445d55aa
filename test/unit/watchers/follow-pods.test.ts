import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PodView } from '../../../src/task/pod-view.ts';
import { followPods } from '../../../src/watchers/pods/follow-pods.ts';
import { aJobView, anAttempt, anEndedPod, aPodView } from '../../support/builders.ts';
import { aFollowedNamespace } from './a-followed-namespace.ts';

const { uid } = aJobView();
const unplaced = aPodView({ unscheduled: { reason: 'Unschedulable', message: '3 Insufficient cpu' } });
const pulls = aPodView({ waiting: { reason: 'ErrImagePull', message: 'not found' } });

/** An attempt whose Job says that its pods have not started, and an observer of them. */
async function aWaitingAttempt() {
  const test = await aFollowedNamespace();
  const followed = test.follow(anAttempt(), { jobUid: uid });
  const pods = followPods({ ...test.context, namespace: 'default', onTrouble: () => {} });
  const settle = () => test.context.recorder.drain();
  test.observer.changed(aJobView({ active: 1 }));
  await settle();
  return {
    ...{ test, followed, pods, settle },
    async see(pod: PodView) {
      pods.changed(pod);
      await settle();
    },
    says: () => [test.row().status, test.row().reason],
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

describe('the pods of an attempt', () => {
  it('say in its row why they do not start, and no longer than that is so', async () => {
    await using given = await aWaitingAttempt();
    assert.deepEqual(given.says(), ['Pending', 'WaitingForPods']);
    await given.see(unplaced);
    assert.deepEqual(given.says(), ['Pending', 'Unschedulable.Resources']);
    await given.see(pulls);
    assert.deepEqual(given.says(), ['Pending', 'ImagePull.NotFound']);
    await given.see(aPodView({ phase: 'Running', running: true }));
    assert.deepEqual(given.says(), ['Pending', 'WaitingForPods']);
    assert.equal(given.followed.pods, undefined);
  });

  it('are not asked about a row that runs', async () => {
    await using given = await aWaitingAttempt();
    given.test.observer.changed(aJobView({ active: 1, ready: 1 }));
    await given.see(pulls);
    assert.deepEqual(given.says(), ['Running', undefined]);
  });

  it('are heard though the Job tells of them later, and cost no second write', async () => {
    await using test = await aFollowedNamespace();
    test.follow(anAttempt(), { jobUid: uid });
    const pods = followPods({ ...test.context, namespace: 'default', onTrouble: () => {} });
    pods.changed(pulls);
    for (const active of [1, 1, 1]) {
      test.observer.changed(aJobView({ active }));
      await test.context.recorder.drain();
    }
    assert.equal(test.row().reason, 'ImagePull.NotFound');
    assert.equal(test.context.database.count('recordProgress'), 1);
  });

  const strangers: readonly (readonly [what: string, pod: Partial<PodView>])[] = [
    ['another Job', { jobUid: 'another' }],
    ['no Job', { jobUid: undefined }],
    ['another namespace', { namespace: 'demo' }],
    ['an attempt that nobody follows', { attemptId: 'another' }],
    ['no attempt', { attemptId: undefined }],
  ];
  for (const [what, other] of strangers) {
    it(`change nothing when they are of ${what}`, async () => {
      await using given = await aWaitingAttempt();
      await given.see({ ...pulls, ...other });
      await given.see(anEndedPod(3, other));
      assert.deepEqual(given.says(), ['Pending', 'WaitingForPods']);
      assert.deepEqual([given.followed.pods, given.followed.containerStarted], [undefined, false]);
    });
  }

  it('that went while nobody watched no longer say anything once the next list is complete', async () => {
    await using given = await aWaitingAttempt();
    await given.see(pulls);
    given.pods.listing();
    given.pods.changed({ ...unplaced, uid: 'another' });
    given.pods.listed();
    await given.settle();
    assert.deepEqual(given.says(), ['Pending', 'WaitingForPods']);
    given.pods.listing();
    given.pods.changed(pulls);
    given.pods.listed();
    await given.settle();
    assert.deepEqual(given.says(), ['Pending', 'ImagePull.NotFound']);
  });

  it('that are deleted while they wait no longer say anything', async () => {
    await using given = await aWaitingAttempt();
    await given.see(pulls);
    given.pods.deleted(pulls);
    await given.settle();
    assert.deepEqual(given.says(), ['Pending', 'WaitingForPods']);
  });

  it('that failed without ever having run are no start of the task', async () => {
    for (const pods of [
      [aPodView({ phase: 'Failed', reason: 'OutOfcpu' })],
      [pulls, { ...pulls, deleting: true }, aPodView({ phase: 'Failed', deleting: true })],
    ]) {
      await using given = await aWaitingAttempt();
      for (const pod of pods) await given.see(pod);
      given.test.observer.changed(aJobView({ failed: 1 }));
      await given.settle();
      assert.deepEqual([given.test.row().status, given.test.row().startedAtMs], ['Pending', undefined]);
    }
  });

  it('tell whether their container ever ran, also by how it ended', async () => {
    for (const pod of [aPodView({ phase: 'Running', running: true }), anEndedPod(0), anEndedPod(3)]) {
      await using given = await aWaitingAttempt();
      await given.see(pod);
      assert.equal(given.followed.containerStarted, true);
    }
    await using given = await aWaitingAttempt();
    await given.see(aPodView({ phase: 'Failed', reason: 'OutOfcpu' }));
    assert.equal(given.followed.containerStarted, false);
  });
});
