import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildJob } from '../../../src/task/job-manifest.ts';
import type { LaunchPolicy } from '../../../src/task/policy.ts';
import type { ClaimedTask } from '../../../src/task/task.ts';
import type { TaskSpec } from '../../../src/task/task-spec.ts';
import { aClaimedTask, aPolicy, aSpec } from '../../support/builders.ts';
import { fullSpec } from '../../support/full-spec.ts';

test('an indexed Job with a limit for each index has none for all of them, unless its row says so', () => {
  const limitOf = (spec: Partial<TaskSpec>) => buildJob(aClaimedTask(), aSpec(spec), aPolicy()).spec?.backoffLimit;
  assert.equal(limitOf({ completionMode: 'Indexed', backoffLimitPerIndex: 1 }), undefined);
  assert.equal(limitOf({ completionMode: 'Indexed', backoffLimitPerIndex: 1, backoffLimit: 2 }), 2);
  assert.equal(limitOf({ completionMode: 'Indexed' }), 0);
});

test('a pod failure policy gets what the API server insists on: ascending exit codes, a status', () => {
  const podFailurePolicy = {
    rules: [
      { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [10, 9, 100] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }, { type: 'Ready', status: 'False' }] },
    ],
  } as const;
  assert.deepEqual(buildJob(aClaimedTask(), aSpec({ podFailurePolicy }), aPolicy()).spec?.podFailurePolicy, {
    rules: [
      { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [9, 10, 100] } },
      {
        action: 'Ignore',
        onPodConditions: [
          { type: 'DisruptionTarget', status: 'True' },
          { type: 'Ready', status: 'False' },
        ],
      },
    ],
  });
});

describe('the container', () => {
  const variablesOf = (task: Partial<ClaimedTask>, spec: Partial<TaskSpec> = {}) => {
    const job = buildJob(aClaimedTask(task), aSpec(spec), aPolicy());
    const env = job.spec?.template.spec?.containers[0]?.env ?? [];
    return new Map(env.map(({ name, value }) => [name, value]));
  };
  test('is told whose run it is: by the name of the task, not of the Job', () => {
    const variables = variablesOf({
      taskName: 'nightly',
      jobName: 'nightly-7-r2',
      taskId: '7',
      number: 2,
      userId: '9',
    });
    assert.deepEqual(
      ['TASK_NAME', 'TASK_ID', 'ATTEMPT', 'USER_ID'].map((name) => variables.get(`NIGHTWATCH_${name}`)),
      ['nightly', '7', '2', '9'],
    );
  });
  test('starts whatever the task is called by now', () => {
    assert.equal(variablesOf({ taskName: 'a\0b' }).get('NIGHTWATCH_TASK_NAME'), 'ab');
  });
  test('knows our variables before those of the row, which may refer to them', () => {
    const names = [...variablesOf({}, { env: { OUT: '/out/$(NIGHTWATCH_TASK_ID)' } }).keys()];
    assert.equal(names.at(-1), 'OUT');
  });
});

describe('the time that Kubernetes keeps an ended Job', () => {
  const secondsOf = (policy: Partial<LaunchPolicy>, ttlSecondsAfterFinished?: number) => {
    const spec = aSpec(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished });
    return buildJob(aClaimedTask(), spec, aPolicy(policy)).spec?.ttlSecondsAfterFinished;
  };
  test('is the long one of the policy, however soon nightwatch cleans up', () => {
    assert.equal(secondsOf({}, 0), 604_800);
  });
  test('is a day longer than nightwatch waits, where that is later', () => {
    assert.equal(secondsOf({}, 604_800), 691_200);
    assert.equal(secondsOf({ cleanUpSeconds: 604_801 }), 691_201);
  });
});

test('the pods are annotated with what the reader of their logs wants to know, and nothing else of ours', () => {
  const { metadata } = buildJob(aClaimedTask(), fullSpec, aPolicy()).spec?.template ?? {};
  assert.deepEqual(metadata?.annotations, { ...fullSpec.annotations, 'nightwatch.dev/log-bytes': '4096' });
});
