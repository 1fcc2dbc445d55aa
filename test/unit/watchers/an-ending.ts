import assert from 'node:assert/strict';
import type { JobView } from '../../../src/task/job-view.ts';
import { retryPolicyOf } from '../../../src/task/retry-policy.ts';
import type { FollowedAttempt } from '../../../src/watchers/open-attempts.ts';
import { followPods } from '../../../src/watchers/pods/follow-pods.ts';
import { aCondition, aJobView, anAttempt } from '../../support/builders.ts';
import { aFollowedNamespace } from './a-followed-namespace.ts';

export const { uid } = aJobView();
export const { attemptId } = anAttempt();
export const conditions = [aCondition({ type: 'Failed', reason: 'BackoffLimitExceeded', message: 'too often' })];
export const failed = (overrides: Partial<JobView> = {}) => aJobView({ failed: 1, conditions, ...overrides });
export const ordersWith = (retry: Parameters<typeof retryPolicyOf>[0] | undefined) => ({
  retry: retry && JSON.stringify(retryPolicyOf(retry)),
  logBytes: undefined,
  cleanUpSeconds: undefined,
  startDeadlineSeconds: undefined,
});

/** An attempt that is followed in a namespace whose pods are followed, too. */
export async function anEnding(known: Partial<FollowedAttempt> = {}) {
  const test = await aFollowedNamespace();
  const { context } = test;
  Object.assign(test.follow(anAttempt(), { jobUid: uid }), known);
  const pods = followPods({ ...context, namespace: 'default', onTrouble: () => {} });
  return {
    ...{ test, context, pods, memory: context.cluster.pods },
    async end(job: JobView) {
      test.observer.changed(job);
      await context.conclusions.drain();
      await context.recorder.drain();
      return test.row();
    },
    kept: () => context.database.kept.get(attemptId) ?? assert.fail('nothing was kept'),
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}
