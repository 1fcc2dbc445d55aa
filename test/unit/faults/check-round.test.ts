import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type assertions, checkRound } from '../../faults/checker/check-round.ts';
import type { JudgedRound } from '../../faults/checker/judged-round.ts';
import { aJobChange, aRound, aRowChange, rowStates } from './a-round.ts';

const { submitted, claimed, recorded, running, succeeded } = rowStates;
const healthy = aRound();
const leftover = aJobChange({ atMs: 1_250, uid: 'uid-2' });

describe('the checker of a round', () => {
  it('finds nothing where nothing went wrong', () => {
    assert.deepEqual(checkRound(healthy), []);
  });

  it('allows untouched rows that wait for the first leader', () => {
    const leaders = healthy.leaders.map((leader) => ({ ...leader, atMs: 1_250 }));
    assert.deepEqual(checkRound(aRound({ leaders, bounds: { ...healthy.bounds, untouchedMs: 200 } })), []);
  });

  it('allows a leftover that was removed in time', () => {
    const removal = aJobChange({ atMs: 9_000, kind: 'delete', uid: 'uid-2' });
    assert.deepEqual(checkRound(aRound({ jobs: [...healthy.jobs, leftover, removal] })), []);
  });
});

interface Doctored {
  readonly what: string;
  readonly promise: keyof typeof assertions;
  readonly round: JudgedRound;
}

const doctored: readonly Doctored[] = [
  {
    what: 'an attempt that recorded two Jobs',
    promise: 'recordedOnce',
    round: aRound({
      rows: [...healthy.rows, aRowChange({ before: recorded, after: { ...recorded, job_uid: 'uid-2' } })],
    }),
  },
  {
    what: 'a Job beside the recorded one that stays',
    promise: 'recordedOnce',
    round: aRound({
      jobs: [...healthy.jobs, leftover],
      remaining: [...healthy.remaining, { namespace: 'demo', name: 'a-task', uid: 'uid-2', installation: 'ours' }],
    }),
  },
  {
    what: 'a Job beside the recorded one that goes too late',
    promise: 'recordedOnce',
    round: aRound({
      jobs: [...healthy.jobs, leftover, aJobChange({ atMs: 25_000, kind: 'delete', uid: 'uid-2' })],
    }),
  },
  {
    what: 'a row whose epoch decreases',
    promise: 'fenced',
    round: aRound({ rows: [...healthy.rows, aRowChange({ before: { ...submitted, epoch: 6 }, after: claimed })] }),
  },
  {
    what: 'a write of a former leader',
    promise: 'fenced',
    round: aRound({ leaders: [...healthy.leaders, { seq: 4, atMs: 1_250, epoch: 6, holder: 'replica-2/a-term' }] }),
  },
  {
    what: 'an ended attempt that is written again',
    promise: 'ends',
    round: aRound({ rows: [...healthy.rows, aRowChange({ before: succeeded, after: running })] }),
  },
  {
    what: 'a success whose Job failed',
    promise: 'trueEnds',
    round: aRound({ jobs: [aJobChange({}), aJobChange({ kind: 'status', end: 'Failed' })] }),
  },
  {
    what: 'a success whose Job has not ended',
    promise: 'trueEnds',
    round: aRound({ jobs: [aJobChange({})] }),
  },
  {
    what: 'a failure without a cause',
    promise: 'trueEnds',
    round: aRound({
      jobs: [aJobChange({})],
      rows: [...healthy.rows.slice(0, -1), aRowChange({ before: running, after: { ...succeeded, status: 'Failed' } })],
    }),
  },
  {
    what: 'a row that stays behind',
    promise: 'expectedStates',
    round: aRound({ rows: healthy.rows.slice(0, -1) }),
  },
  {
    what: 'a row with another reason than its script says',
    promise: 'expectedStates',
    round: aRound({ expectations: [{ namespace: 'demo', name: 'a-task', status: 'Succeeded', reason: 'JobDeleted' }] }),
  },
  {
    what: 'a row that comes to its end too late',
    promise: 'expectedStates',
    round: aRound({ bounds: { ...healthy.bounds, recoveryMs: 900 } }),
  },
  {
    what: 'a row that is not there',
    promise: 'expectedStates',
    round: aRound({ expectations: [{ namespace: 'demo', name: 'another', status: 'Succeeded' }] }),
  },
  {
    what: "a time of the user's that was changed",
    promise: 'ownColumns',
    round: aRound({
      rows: [...healthy.rows, aRowChange({ before: submitted, after: { ...claimed, not_before: '2030-01-01' } })],
    }),
  },
  {
    what: "a wish of the user's that was changed, and was no Cancel",
    promise: 'ownColumns',
    round: aRound({
      rows: [...healthy.rows, aRowChange({ before: { ...submitted, desired: 'Suspend' }, after: claimed })],
    }),
  },
  {
    what: 'a column of the user that was changed',
    promise: 'ownColumns',
    round: aRound({ rows: [...healthy.rows, aRowChange({ before: recorded, after: { ...recorded, info: '2' } })] }),
  },
  {
    what: 'a row that nightwatch deleted',
    promise: 'ownColumns',
    round: aRound({ rows: [...healthy.rows, aRowChange({ taskId: '2', before: submitted })] }),
  },
  {
    what: 'a Job without a row',
    promise: 'nothingLeft',
    round: aRound({
      remaining: [...healthy.remaining, { namespace: 'demo', name: 'x', uid: 'uid-9', installation: 'ours' }],
    }),
  },
  {
    what: 'a row whose Job has gone',
    promise: 'nothingLeft',
    round: aRound({ remaining: [] }),
  },
  {
    what: 'an untouched row that waited',
    promise: 'notDelayed',
    round: aRound({ bounds: { ...healthy.bounds, untouchedMs: 200 } }),
  },
  {
    what: 'an untouched row without a Job',
    promise: 'notDelayed',
    round: aRound({ rows: healthy.rows.slice(0, 2) }),
  },
];

describe('a doctored history', () => {
  for (const { what, promise, round } of doctored) {
    it(`with ${what} breaks the promise '${promise}'`, () => {
      const findings = checkRound(round);
      assert.ok(
        findings.some((finding) => finding.startsWith(`${promise}: `)),
        `found ${JSON.stringify(findings)}`,
      );
    });
  }
});
