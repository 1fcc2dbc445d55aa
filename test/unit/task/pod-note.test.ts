import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endOfPods, notePod, noteRefusal, type PodNote } from '../../../src/task/pod-note.ts';
import type { PodView } from '../../../src/task/pod-view.ts';
import { anEndedPod, aPodView } from '../../support/builders.ts';

const jobUid = aPodView().jobUid ?? '';
const pulls = (message: string, reason = 'ErrImagePull') => aPodView({ waiting: { reason, message } });

function noteAfter(...pods: readonly PodView[]): PodNote | undefined {
  return pods.reduce<PodNote | undefined>((note, pod) => notePod(note, pod), undefined);
}

describe('what is kept of pods', () => {
  test('is nothing of one that runs, or was just made', () => {
    assert.equal(noteAfter(aPodView(), aPodView({ phase: 'Running', running: true })), undefined);
  });

  test('is why one waits, until it no longer does or is gone', () => {
    assert.equal(noteAfter(pulls('not found'))?.waiting?.reason, 'ImagePull.NotFound');
    assert.equal(noteAfter(pulls('not found'), aPodView({ phase: 'Running', running: true })), undefined);
    const gone = notePod(noteAfter(pulls('not found')), pulls('not found'), true);
    assert.equal(gone?.waiting, undefined);
    assert.equal(gone?.waited?.reason, 'ImagePull.NotFound', 'what the attempt waited for when its pod was removed');
  });

  test('stays as the node said it first while it tries again in other words', () => {
    const rests = pulls('Back-off pulling image "alpine:9"', 'ImagePullBackOff');
    const note = noteAfter(pulls('tag 9: not found'), rests, pulls('tag 9 again: not found'), rests);
    assert.match(note?.waiting?.message ?? '', /tag 9: not found/);
    assert.equal(noteAfter(pulls('not found'), pulls('401 Unauthorized'))?.waiting?.reason, 'ImagePull.Unauthorized');
  });

  test('is what the scheduler says last', () => {
    const unplaced = (message: string) => aPodView({ unscheduled: { reason: 'Unschedulable', message } });
    const note = noteAfter(unplaced('3 Insufficient cpu'), unplaced('2 Insufficient cpu'));
    assert.match(note?.waiting?.message ?? '', /2 Insufficient/);
  });

  test('is of the first of several that wait', () => {
    const other = { ...pulls('401 Unauthorized'), uid: 'another' };
    assert.equal(noteAfter(pulls('not found'), other)?.waiting?.podUid, aPodView().uid);
    assert.equal(noteAfter(pulls('not found'), other, anEndedPod(0))?.waiting, undefined);
  });

  test('of another Job says nothing of this one', () => {
    const note = notePod(noteAfter(anEndedPod(3)), { ...aPodView(), jobUid: 'another' });
    assert.equal(note, undefined);
  });

  test('of a refusal holds until there is a pod', () => {
    const refused = noteRefusal(jobUid, { reason: 'PodSecurity', message: 'no' });
    assert.equal(refused?.refusal?.reason, 'PodSecurity');
    assert.equal(notePod(refused, aPodView()), undefined);
    assert.equal(noteRefusal(jobUid, undefined), undefined);
  });
});

describe('the end of several pods', () => {
  const aPod = fc.record({
    uid: fc.constantFrom('a', 'b', 'c', 'd'),
    code: fc.constantFrom(0, 1, 3),
    atMs: fc.constantFrom(1, 2, 3),
  });
  const podOf = ({ uid, code, atMs }: { uid: string; code: number; atMs: number }) => {
    const pod = anEndedPod(code, { uid });
    return { ...pod, ended: pod.ended && { ...pod.ended, finishedAtMs: atMs } };
  };
  const different = fc.uniqueArray(aPod, { selector: ({ uid }) => uid, minLength: 1 });

  test('is the same in whatever order they were seen', () => {
    const property = fc.property(
      different.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([pods, shuffled]) => assert.deepEqual(endOfPods(pods.map(podOf)), endOfPods(shuffled.map(podOf))),
    );
    fc.assert(property);
  });

  test('is that of one that failed if any did, and then of the latest', () => {
    fc.assert(
      fc.property(different, (pods) => {
        const failed = pods.filter(({ code }) => code !== 0);
        const end = endOfPods(pods.map(podOf));
        assert.equal(end?.failure !== undefined, failed.length > 0);
        const among = failed.length > 0 ? failed : pods;
        assert.equal(end?.atMs, Math.max(...among.map(({ atMs }) => atMs)));
      }),
    );
  });
});
