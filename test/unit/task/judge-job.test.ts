import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobView } from '../../../src/task/job-view.ts';
import { judgeJob } from '../../../src/task/judge-job.ts';
import type { RowIdentity } from '../../../src/task/task.ts';
import { aCondition, aJobView, anAttempt } from '../../support/builders.ts';

const { uid, labels } = aJobView();

function aRow(overrides: Partial<RowIdentity> = {}): RowIdentity {
  return { ...anAttempt({ number: 3 }), jobUid: undefined, ending: undefined, isOpen: true, ...overrides };
}

const ofAttempt = (attemptNumber: number | undefined, overrides: Partial<JobView> = {}) =>
  aJobView({ labels: { ...labels, attemptId: 'another', attemptNumber }, ...overrides });

describe('a Job of this installation', () => {
  const table: readonly (readonly [expected: string, what: string, job: JobView, row: RowIdentity | undefined])[] = [
    ['recorded', 'its row says so', aJobView(), aRow({ jobUid: uid })],
    ['recorded', 'its row says so and has ended', aJobView(), aRow({ jobUid: uid, isOpen: false })],
    ['adoptable', 'its row waits for it', aJobView(), aRow()],
    ['leftover', 'its row has another Job', aJobView(), aRow({ jobUid: 'another' })],
    ['leftover', 'its row had another Job and has ended', aJobView(), aRow({ jobUid: 'another', isOpen: false })],
    ['leftover', 'its row ended without a Job', aJobView(), aRow({ isOpen: false })],
    ['leftover', 'a later attempt has begun and it still runs', ofAttempt(2), aRow()],
    ['former', 'a later attempt has begun and it has ended', ofAttempt(2, { conditions: [aCondition()] }), aRow()],
    ['orphan', 'its row is gone', aJobView(), undefined],
    ['orphan', 'its row is another one with the same id', aJobView(), aRow({ rowKey: 'another' })],
    ['orphan', 'it does not say which row', aJobView({ labels: { ...labels, rowKey: undefined } }), aRow()],
    ['orphan', 'it is of the same number and another attempt', ofAttempt(3), aRow()],
    ['orphan', 'it is of a later attempt than the row knows', ofAttempt(4), aRow()],
    ['orphan', 'it does not say which attempt', ofAttempt(undefined), aRow()],
    ['orphan', 'it is a copy under another name', aJobView({ name: 'a-copy' }), aRow()],
    ['orphan', 'it is a copy in another namespace', aJobView({ namespace: 'demo' }), aRow()],
  ];
  for (const [expected, what, job, row] of table) {
    it(`is ${expected} when ${what}`, () => assert.equal(judgeJob(job, row), expected));
  }
});
