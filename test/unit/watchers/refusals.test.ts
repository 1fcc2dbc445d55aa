import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followPods } from '../../../src/watchers/pods/follow-pods.ts';
import { Refusals } from '../../../src/watchers/pods/refusals.ts';
import { aJobView, anAttempt, aPodView } from '../../support/builders.ts';
import { skippableTime } from '../../support/mock-time.ts';
import { aFollowedNamespace } from './a-followed-namespace.ts';

const refusal = { result: 'refused', reason: 'PodSecurity', message: 'violates PodSecurity' } as const;

/** Attempts whose Jobs have no pods. */
async function withoutPods(count = 1) {
  const test = await aFollowedNamespace();
  const { context } = test;
  const { pods } = context.cluster;
  pods.onRefusal = () => refusal;
  for (let index = 1; index <= count; index += 1) {
    const attempt = anAttempt({ taskId: `${index}`, attemptId: `attempt-${index}`, jobName: `task-${index}` });
    test.follow(attempt, { jobUid: `uid-${index}` });
    const labels = { ...aJobView().labels, attemptId: attempt.attemptId };
    test.observer.changed(aJobView({ name: attempt.jobName, uid: `uid-${index}`, labels }));
  }
  const refusals = new Refusals(context);
  const row = () => context.database.row('1');
  return {
    ...{ test, context, pods, refusals, row },
    async look() {
      await refusals.look();
      await context.recorder.drain();
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

describe('a Job that gets no pods', () => {
  it('has its row say why, once it has had none for five seconds', async (t) => {
    const time = skippableTime(t);
    await using given = await withoutPods();
    time.skip(4_900);
    await given.look();
    assert.deepEqual(given.pods.refusalsAsked, []);

    time.skip(2_100);
    await given.look();

    assert.deepEqual(given.pods.refusalsAsked, ['uid-1']);
    assert.deepEqual([given.row().status, given.row().reason], ['Pending', 'PodSecurity']);
  });

  it('is asked about less and less often, and no longer than it has none', async (t) => {
    const time = skippableTime(t);
    await using given = await withoutPods();
    for (let second = 0; second < 30; second += 1) {
      time.skip(1_000);
      await given.look();
    }
    const asked = given.pods.refusalsAsked.length;
    assert.ok(asked >= 2 && asked <= 4, `${asked} times in half a minute`);

    given.test.observer.changed(aJobView({ ...jobOf(1), active: 1 }));
    time.skip(8_000);
    await given.look();
    await given.look();

    assert.equal(given.pods.refusalsAsked.length, asked);
    assert.equal(given.row().reason, 'WaitingForPods');
  });

  it('is asked about with all others together only a few times a second', async (t) => {
    const time = skippableTime(t);
    await using given = await withoutPods(50);
    time.skip(5_100);
    for (let tick = 0; tick < 20; tick += 1) {
      await given.look();
      time.skip(50);
    }
    assert.ok(given.pods.refusalsAsked.length <= 4, `${given.pods.refusalsAsked.length} in a second`);
  });

  it('says nothing where its events say nothing, or cannot be read', async (t) => {
    const time = skippableTime(t);
    for (const outcome of [{ result: 'none' }, { result: 'unknown', detail: 'forbidden' }] as const) {
      await using given = await withoutPods();
      given.pods.onRefusal = () => outcome;
      time.skip(6_000);
      await given.look();
      assert.deepEqual([given.row().status, given.row().reason], ['Pending', undefined]);
    }
  });

  it('says what its pod says as soon as there is one', async (t) => {
    const time = skippableTime(t);
    await using given = await withoutPods();
    time.skip(6_000);
    await given.look();
    const observer = followPods({ ...given.context, namespace: 'default', onTrouble: () => {} });
    const waiting = { reason: 'ErrImagePull', message: 'not found' };
    observer.changed(aPodView({ attemptId: 'attempt-1', jobUid: 'uid-1', waiting }));
    await given.context.recorder.drain();
    assert.equal(given.row().reason, 'ImagePull.NotFound');
  });
});

function jobOf(index: number) {
  return {
    name: `task-${index}`,
    uid: `uid-${index}`,
    labels: { ...aJobView().labels, attemptId: `attempt-${index}` },
  };
}
