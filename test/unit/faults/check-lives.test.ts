import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type assertions, checkRound } from '../../faults/checker/check-round.ts';
import type { JudgedRound } from '../../faults/checker/judged-round.ts';
import type { RowState } from '../../faults/history/row-history.ts';
import { aJobChange, anAttemptChange, aRound, aRowChange, attemptStates, rowStates } from './a-round.ts';
import {
  aCancelledLife,
  aCleanedLife,
  aLifeWithoutJob,
  aRepeatedLife,
  aResubmittedLife,
  held,
  lifeStates,
  unstarted,
  waiting,
} from './lives.ts';

const { claimed, running, succeeded } = rowStates;
const { kept, logged } = attemptStates;
const { wanted, cancelled } = lifeStates;
const healthy = aRound();
const life = aCancelledLife();
const ownEnd = aJobChange({ kind: 'status', atMs: 1_900, end: 'Failed', epoch: undefined });
const tooLate = { ...succeeded, desired: 'Cancel' };
const refusal = 'there was nothing to cancel: the task had ended already';
const isOver = { namespace: 'demo', name: 'a-task', status: 'Succeeded' } as const;

/** A round that was sound, and then nightwatch writes its row once more. */
function written(before: RowState, after: RowState, round: JudgedRound = healthy): JudgedRound {
  return { ...round, rows: [...round.rows, aRowChange({ before, after })], expectations: [] };
}

const sound: Readonly<Record<string, JudgedRound>> = {
  'a row that is cancelled while it runs': life,
  'a Job that fails because it is being deleted': aCancelledLife({ jobs: [...life.jobs, ownEnd] }),
  'a Cancel that came too late': written(tooLate, { ...succeeded, message: refusal }),
  'an exit code that is known late': written(
    { ...cancelled, status: 'Failed', exit_code: null },
    { ...cancelled, status: 'Failed', exit_code: 3 },
  ),
  'a row that its policy repeats': aRepeatedLife(),
  'a second attempt that has had the time of two': aRepeatedLife([], waiting, {
    bounds: { ...healthy.bounds, recoveryMs: 1_000 },
  }),
  'a row that is held between two attempts': aRepeatedLife([held, waiting]),
  'a row that its user submits again': aResubmittedLife(),
  'a start deadline of a row without a Job': aLifeWithoutJob(),
  'an end that is cleaned up': aCleanedLife(),
};

describe('the checker of the lives of rows', () => {
  for (const [what, round] of Object.entries(sound)) {
    it(`allows ${what}`, () => assert.deepEqual(checkRound(round), []));
  }
});

const doctored: readonly [keyof typeof assertions, string, JudgedRound][] = [
  ['ends', 'a success that becomes Cancelled', written(tooLate, { ...succeeded, status: 'Cancelled' })],
  ['ends', 'an end whose message changes without a Cancel', written(succeeded, { ...succeeded, message: 'so' })],
  ['ends', 'an exit code that changes', written({ ...succeeded, exit_code: 0 }, { ...succeeded, exit_code: 3 })],
  ['ends', 'an end after which nobody wrote Normal', written(succeeded, { ...claimed, attempt_id: 'attempt-2' })],
  ['ends', 'an attempt that begins in a row that is held', written(held, { ...claimed, attempt_id: 'attempt-2' })],
  ['ends', 'a row that runs between two attempts', written(waiting, { ...waiting, status: 'Running' })],
  [
    'trueEnds',
    'a Cancelled row whose Job had failed',
    aCancelledLife({ jobs: [{ ...ownEnd, atMs: 1_500 }, ...life.jobs] }),
  ],
  ['trueEnds', 'a Cancelled row whose Job runs on', aCancelledLife({ jobs: life.jobs.slice(0, 1) })],
  [
    'trueEnds',
    'a Cancelled row without an intent',
    aCancelledLife({ rows: [aRowChange({ before: wanted, after: cancelled })] }),
  ],
  [
    'trueEnds',
    'a start deadline without an intent',
    aCancelledLife({
      rows: [
        aRowChange({
          before: running,
          after: { ...running, status: 'Failed', reason: 'StartDeadline', finished_at: 'then' },
        }),
      ],
    }),
  ],
  ['trueEnds', 'a repeated attempt whose Job succeeded', aRepeatedLife([], waiting, { jobs: healthy.jobs })],
  ['keptAttempts', 'an end that is not kept', aRound({ attempts: [] })],
  [
    'keptAttempts',
    'an attempt that is kept only after its end',
    aRound({ attempts: [anAttemptChange({ after: kept })] }),
  ],
  [
    'keptAttempts',
    'another end kept than told',
    aRound({ attempts: [anAttemptChange({ seq: 6, after: { ...kept, status: 'Failed' } })] }),
  ],
  [
    'keptAttempts',
    'a log that is lost',
    aRound({ attempts: [...healthy.attempts, anAttemptChange({ before: logged, after: kept })] }),
  ],
  [
    'keptAttempts',
    'a kept end that changes',
    aRound({
      attempts: [...healthy.attempts, anAttemptChange({ before: logged, after: { ...logged, reason: 'so' } })],
    }),
  ],
  [
    'fenced',
    'an attempt that a former leader has written',
    aRound({ attempts: [...healthy.attempts, anAttemptChange({ before: logged, after: { ...logged, epoch: 4 } })] }),
  ],
  [
    'removals',
    'a Job that is deleted without an intent',
    aRound({ jobs: [...healthy.jobs, aJobChange({ kind: 'delete', atMs: 3_000 })] }),
  ],
  [
    'removals',
    'a Job that is deleted before the intent',
    aCancelledLife({ jobs: [aJobChange({}), aJobChange({ kind: 'delete', atMs: 1_650 })] }),
  ],
  [
    'removals',
    'a clean-up before the log is stored',
    aCleanedLife({
      attempts: [
        anAttemptChange({ seq: 6, after: kept }),
        anAttemptChange({ before: kept, after: { ...kept, ending: 'CleanUp' } }),
      ],
    }),
  ],
  ['removals', 'a clean-up of an open attempt', aCleanedLife({ rows: healthy.rows.slice(0, -1) })],
  ['asWished', 'an attempt of a row that is held', written(unstarted, { ...claimed, desired: 'Suspend' })],
  [
    'asWished',
    'an attempt before its time',
    written({ ...unstarted, desired: 'Run', not_before: '2030-01-01T00:00:00.000000Z' }, claimed),
  ],
  ['ownColumns', 'a Cancel that is taken back and not answered', written(wanted, running)],
  ['ownColumns', 'a Cancel of an end that is taken back without a word', written(tooLate, succeeded)],
  [
    'nothingLeft',
    'a Cancelled row whose Job is there',
    aCancelledLife({ remaining: [{ namespace: 'demo', name: 'a-task', uid: 'uid-1', installation: 'ours' }] }),
  ],
  ['nothingLeft', 'a Job that is gone before its clean-up', aCleanedLife({ attempts: healthy.attempts })],
  [
    'expectedStates',
    'a second attempt that ends too late for both',
    aRepeatedLife([], waiting, { bounds: { ...healthy.bounds, recoveryMs: 900 } }),
  ],
  ['expectedStates', 'an attempt too many', aRound({ expectations: [{ ...isOver, attempts: 2 }] })],
];

describe('a doctored life', () => {
  for (const [promise, what, round] of doctored) {
    it(`with ${what} breaks the promise '${promise}'`, () => {
      const findings = checkRound(round);
      assert.ok(
        findings.some((finding) => finding.startsWith(`${promise}: `)),
        `found ${JSON.stringify(findings)}`,
      );
    });
  }
});
