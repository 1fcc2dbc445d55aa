import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ObservationState } from '../../../src/watchers/sync/observation-state.ts';

describe('how the observation of Jobs stands', () => {
  it('is that nothing is followed at first', () => {
    assert.deepEqual(new ObservationState().report(), { ok: true, detail: '0 namespaces are followed' });
  });

  it('counts the namespaces that are followed, and names those in trouble, which make nothing else unready', () => {
    const state = new ObservationState();
    state.note('a', undefined);
    state.note('b', 'forbidden');
    state.note('c', undefined);
    assert.deepEqual(state.report(), { ok: true, detail: '2 namespaces are followed; b: forbidden' });
    assert.deepEqual(
      ['a', 'b', 'z'].map((namespace) => [state.troubleOf(namespace, 0), state.isFollowed(namespace)]),
      [
        [undefined, true],
        ['forbidden', false],
        [undefined, false],
      ],
    );
    state.note('b', undefined);
    assert.equal(state.report().detail, '3 namespaces are followed');
  });

  it('says of a trouble whether it has lasted, in its newest words', () => {
    let nowMs = 1_000;
    const state = new ObservationState(() => nowMs);
    state.note('a', 'no answer');
    nowMs += 30_000;
    state.note('a', 'forbidden');
    nowMs += 29_999;
    assert.deepEqual([state.troubleOf('a', 60_000), state.troubleOf('a', 0)], [undefined, 'forbidden']);
    nowMs += 1;
    assert.equal(state.troubleOf('a', 60_000), 'forbidden');
    state.note('a', undefined);
    state.note('a', 'no answer');
    assert.equal(state.troubleOf('a', 60_000), undefined);
  });

  it('tells brakes, writes that fail and orphans', () => {
    const state = new ObservationState();
    state.noteFindings({ brakes: ['30 of 30 are missing'], writes: ['ended rows cannot be written'], orphans: 2 });
    const expected =
      '0 namespaces are followed; 30 of 30 are missing; ended rows cannot be written; 2 jobs run that no row carries';
    assert.equal(state.report().detail, expected);
  });

  it('is forgotten with the term', () => {
    const state = new ObservationState();
    state.note('b', 'forbidden');
    state.noteFindings({ brakes: ['x'], writes: ['y'], orphans: 2 });
    state.clear();
    assert.equal(state.report().detail, '0 namespaces are followed');
  });
});
