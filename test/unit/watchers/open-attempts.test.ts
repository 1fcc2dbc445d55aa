import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSameState, noteJob, noteState, OpenAttempts } from '../../../src/watchers/open-attempts.ts';
import { anAttempt } from '../../support/builders.ts';

describe('the attempts that a term follows', () => {
  it('are what is known of them when they are followed first, and stay so', () => {
    const attempts = new OpenAttempts();
    const followed = attempts.follow(anAttempt(), { jobUid: 'uid-1', started: true });
    assert.deepEqual([followed.jobUid, followed.started, followed.state.status], ['uid-1', true, 'Pending']);
    assert.equal(attempts.follow(anAttempt(), { jobUid: 'uid-2' }), followed);
    assert.deepEqual([attempts.size, followed.jobUid], [1, 'uid-1']);
  });

  it('are found by attempt, not by the row: an earlier attempt of it is another', () => {
    const attempts = new OpenAttempts();
    const first = attempts.follow(anAttempt({ attemptId: 'first' }));
    const second = attempts.follow(anAttempt({ attemptId: 'second', number: 2 }));
    attempts.forget(first);
    assert.deepEqual(
      [attempts.get('first'), attempts.get('second'), attempts.get(undefined)],
      [undefined, second, undefined],
    );
  });

  it('that stand alike share what their rows say, and no word passes for none', () => {
    const attempts = new OpenAttempts();
    const unended = { isInherited: false, epoch: 1, ending: undefined, tries: 0, setbacks: 0 };
    const states = [undefined, 'WaitingForPods', 'WaitingForPods', 'undefined'].map((reason, index) => {
      const row = { ...anAttempt({ attemptId: `attempt-${index}` }), jobUid: `uid-${index}`, started: false };
      return attempts.takeUp({ ...row, status: 'Pending', reason, ...unended }).state;
    });
    assert.equal(states[1], states[2]);
    assert.deepEqual(
      states.map(({ reason }) => reason),
      [undefined, 'WaitingForPods', 'WaitingForPods', 'undefined'],
    );
  });

  it('are told of once when they were abandoned', () => {
    const attempts = new OpenAttempts();
    const followed = attempts.follow(anAttempt());
    attempts.abandon(followed);
    assert.equal(attempts.size, 0);
    assert.deepEqual([attempts.takeAbandoned(), attempts.takeAbandoned()], [[followed], []]);
  });

  it('have one Job: the first that was noted stays, with the moment since when it is known', () => {
    const followed = new OpenAttempts().follow(anAttempt());
    const before = performance.now();
    assert.equal(noteJob(followed, 'uid-1'), 'uid-1');
    const { uidSinceMs } = followed;
    assert.ok(uidSinceMs >= before);
    assert.equal(noteJob(followed, 'uid-2'), 'uid-1');
    assert.deepEqual([followed.jobUid, followed.uidSinceMs], ['uid-1', uidSinceMs]);
  });

  it('are in a state since the moment when it was decided', () => {
    const followed = new OpenAttempts().follow(anAttempt());
    const before = performance.now();
    noteState(followed, { status: 'Running', reason: undefined, message: undefined });
    assert.ok(followed.stateSinceMs >= before);
    assert.equal(followed.state.status, 'Running');
  });
});

describe('two states', () => {
  const state = { status: 'Pending', reason: 'QuotaExceeded', message: 'so' } as const;
  for (const [what, other, expected] of [
    ['are the same when nothing differs', { ...state }, true],
    ['differ by status', { ...state, status: 'Running' }, false],
    ['differ by reason', { ...state, reason: undefined }, false],
    ['differ by message', { ...state, message: 'so there' }, false],
  ] as const) {
    it(what, () => assert.equal(isSameState(state, other), expected));
  }
});
