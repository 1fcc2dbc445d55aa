import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LaunchOutcome } from '../../../src/executors/executor.ts';
import { decideExisting } from '../../../src/executors/kubernetes/decide-existing.ts';
import type { JobView } from '../../../src/task/job-view.ts';
import { aCondition, aJobView, anAttempt, aPolicy } from '../../support/builders.ts';

const { installationId } = aPolicy();
const own = aJobView().labels;
const noLabels = {
  ...{ installation: undefined, attemptId: undefined, rowKey: undefined, taskId: undefined, attemptNumber: undefined },
};
const ofAnother = { ...own, attemptId: 'another-attempt', attemptNumber: 2 };
const otherwise: LaunchOutcome = { result: 'throttled', pauseMs: 7 };

function decide(job: Partial<JobView>): LaunchOutcome {
  return decideExisting(anAttempt(), installationId, { result: 'found', job: aJobView(job) }, otherwise);
}

function summary(outcome: LaunchOutcome): string {
  if (outcome.result === 'launched') return `launched ${outcome.adopted ? 'by adoption' : 'now'}`;
  return outcome.result === 'wait' || outcome.result === 'reject'
    ? `${outcome.result}: ${outcome.reason}`
    : outcome.result;
}

describe('the Job that has the name of an attempt', () => {
  const ended = [aCondition({ type: 'Complete' })];
  const table: readonly (readonly [what: string, job: Partial<JobView>, expected: string])[] = [
    ["is adopted when it is the attempt's own", {}, 'launched by adoption'],
    ["is adopted when it is the attempt's own and has ended", { conditions: ended }, 'launched by adoption'],
    ["is waited for when it is the attempt's own and is being deleted", { deleting: true }, 'wait: NameConflict'],
    ['is left alone when it has no labels of ours', { labels: noLabels }, 'reject: NameConflict'],
    [
      'is left alone when it is of another installation',
      { labels: { ...own, installation: 'b' } },
      'reject: NameConflict',
    ],
    ['is waited for when another attempt still runs under it', { labels: ofAnother }, 'wait: NameConflict'],
    [
      'is waited for when another attempt is suspended under it',
      { labels: ofAnother, suspended: true, conditions: [aCondition({ type: 'Suspended' })] },
      'wait: NameConflict',
    ],
    [
      'is waited for when another attempt only nearly ended under it',
      { labels: ofAnother, conditions: [aCondition({ type: 'Failed', status: 'False' })] },
      'wait: NameConflict',
    ],
    [
      'is waited for when it is going away',
      { labels: ofAnother, conditions: ended, deleting: true },
      'wait: NameConflict',
    ],
    [
      'has to make room when another attempt has completed under it',
      { labels: ofAnother, conditions: ended },
      'occupied',
    ],
    [
      'has to make room when another attempt has failed under it',
      { labels: ofAnother, conditions: [aCondition({ type: 'Failed' })] },
      'occupied',
    ],
  ];
  for (const [what, job, expected] of table) {
    it(what, () => assert.equal(summary(decide(job)), expected));
  }

  it("leaves the create's own answer as it is when there is none", () => {
    assert.equal(decideExisting(anAttempt(), installationId, { result: 'missing' }, otherwise), otherwise);
  });

  it('is waited for when it is not known whether there is one', () => {
    const unknown = { result: 'unknown', reason: 'ApiUnavailable', detail: 'reset' } as const;
    const outcome = decideExisting(anAttempt(), installationId, unknown, otherwise);
    assert.deepEqual([summary(outcome), 'scope' in outcome && outcome.scope], ['wait: ApiUnavailable', 'server']);
  });

  it('closes its namespace when nobody may look there', () => {
    const unknown = { result: 'unknown', reason: 'Forbidden', detail: 'no Role' } as const;
    const outcome = decideExisting(anAttempt(), installationId, unknown, otherwise);
    assert.deepEqual([summary(outcome), 'scope' in outcome && outcome.scope], ['wait: Forbidden', 'namespace']);
  });

  it('is named with its uid to whoever has to choose another name', () => {
    const outcome = decide({ labels: noLabels, uid: 'uid-7' });
    assert.ok(outcome.result === 'reject');
    assert.match(outcome.message, /default\/demo-task-1 .*uid-7/);
  });
});
