import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideLaunch } from '../../../src/task/decide-launch.ts';
import { type LaunchPolicy, noMaxima } from '../../../src/task/policy.ts';
import type { Reason } from '../../../src/task/reasons.ts';
import type { ClaimedTask } from '../../../src/task/task.ts';
import { aClaimedTask, aPolicy } from '../../support/builders.ts';

describe('a task is launched', () => {
  test("as the seed's rows ask, in their namespaces", () => {
    const second = aClaimedTask({
      namespace: 'demo',
      jobName: 'demo-task-2',
      info: '{"image":"busybox","command":["sleep"],"args":["3600"]}',
    });
    for (const claimed of [aClaimedTask(), second]) {
      assert.equal(decideLaunch(claimed, aPolicy()).decision, 'launch');
    }
  });

  test('when image, account and amounts are just within the policy', () => {
    const policy = aPolicy({
      imagePatterns: ['busybox', 'alpine:*'],
      serviceAccounts: ['builder'],
      maxima: {
        cpuMillicores: 2000,
        memoryBytes: 2 ** 30,
        deadlineSeconds: 60,
        startDeadlineSeconds: 5,
        terminationGracePeriodSeconds: 0,
        parallelism: 2,
        attempts: 1,
        ttlSecondsAfterFinished: 90,
        logBytes: 4096,
      },
    });
    const info = {
      image: 'alpine:3.22',
      serviceAccountName: 'builder',
      resources: { limits: { cpu: '2', memory: '1024Mi' } },
      deadlineSeconds: 60,
      startDeadlineSeconds: 5,
      terminationGracePeriodSeconds: 0,
      parallelism: 2,
      retry: { maxAttempts: 1 },
      ttlSecondsAfterFinished: 90,
      log: { tailBytes: 4096 },
    };
    assert.equal(decideLaunch(aClaimedTask({ info }), policy).decision, 'launch');
  });
});

describe('a task is rejected', () => {
  const cases: readonly (readonly [Reason, string, ClaimedTask, LaunchPolicy, RegExp])[] = [
    ['InvalidName', 'for its name', aClaimedTask({ jobName: 'Demo' }), aPolicy(), /^the name 'Demo' has 'D'/],
    ['InvalidName', 'for its namespace', aClaimedTask({ namespace: '' }), aPolicy(), /^the namespace is empty/],
    [
      'InvalidName',
      'for both',
      aClaimedTask({ jobName: 'x_', namespace: 'a.b' }),
      aPolicy(),
      /^the name .*; the namespace /,
    ],
    [
      'InvalidName',
      'for a name that no indexed pod can have',
      aClaimedTask({ jobName: 'a.b', info: { image: 'x', completionMode: 'Indexed', completions: 3 } }),
      aPolicy(),
      /^completionMode 'Indexed': the name with the last index 'a\.b-2' has '\.' at position 2/,
    ],
    [
      'InvalidName',
      'for a name that is too long with an index behind it',
      aClaimedTask({ jobName: 'a'.repeat(61), info: { image: 'x', completionMode: 'Indexed', completions: 11 } }),
      aPolicy(),
      /has 64 characters: at most 63 are right, because it is the host name of a pod$/,
    ],
    [
      'NamespaceNotAllowed',
      'for a namespace that is not listed',
      aClaimedTask({ namespace: 'prod' }),
      aPolicy(),
      /namespace 'prod': the allowed namespaces are 'default', 'demo'$/,
    ],
    [
      'NamespaceNotAllowed',
      "for a namespace of the cluster's own, listed or not",
      aClaimedTask({ namespace: 'kube-system' }),
      aPolicy({ namespaces: ['kube-system'] }),
      /kube-system/,
    ],
    [
      'NamespaceNotAllowed',
      'where none is allowed',
      aClaimedTask(),
      aPolicy({ namespaces: [] }),
      /no namespaces are allowed$/,
    ],
    ['InvalidSpec', 'for what it asks', aClaimedTask({ info: '{' }), aPolicy(), /^info is not JSON/],
    [
      'InvalidSpec',
      'for the size of info',
      { ...aClaimedTask(), info: undefined, infoBytes: 99_999 },
      aPolicy(),
      /^info has 99999 bytes/,
    ],
    [
      'ImageNotAllowed',
      'for its image',
      aClaimedTask(),
      aPolicy({ imagePatterns: ['busybox', 'docker.io/*'] }),
      /^image 'alpine' is not allowed: .* are 'busybox', 'docker\.io\/\*'$/,
    ],
    ['ImageNotAllowed', 'where no image is allowed', aClaimedTask(), aPolicy({ imagePatterns: [] }), /are allowed$/],
    [
      'ServiceAccountNotAllowed',
      'for its account',
      aClaimedTask({ info: { image: 'x', serviceAccountName: 'root' } }),
      aPolicy({ serviceAccounts: ['builder'] }),
      /^serviceAccountName 'root': the allowed service accounts are 'builder'$/,
    ],
    [
      'ServiceAccountNotAllowed',
      'for an account, where none is listed',
      aClaimedTask({ info: { image: 'x', serviceAccountName: 'default' } }),
      aPolicy(),
      /no service accounts are allowed$/,
    ],
    [
      'MaximumExceeded',
      'for cpu',
      aClaimedTask({ info: { image: 'x', resources: { limits: { cpu: '2001m' } } } }),
      aPolicy({ maxima: { ...noMaxima, cpuMillicores: 2000 } }),
      /^resources\.limits\.cpu: '2001m' is more than the maximum '2000m'$/,
    ],
    [
      'MaximumExceeded',
      'for a request without a limit',
      aClaimedTask({ info: { image: 'x', resources: { requests: { memory: '2Gi' } } } }),
      aPolicy({ maxima: { ...noMaxima, memoryBytes: 2 ** 30 } }),
      /^resources\.requests\.memory: '2Gi' is more than the maximum '1Gi'$/,
    ],
    [
      'MaximumExceeded',
      'for time and pods',
      aClaimedTask({ info: { image: 'x', deadlineSeconds: 61, parallelism: 3 } }),
      aPolicy({ maxima: { ...noMaxima, deadlineSeconds: 60, parallelism: 2 } }),
      /^deadlineSeconds: 61 is more than the maximum 60; parallelism: 3 is more than the maximum 2$/,
    ],
  ];
  for (const [reason, why, claimed, policy, said] of cases) {
    test(`${why}: ${reason}`, () => {
      const decision = decideLaunch(claimed, policy);
      assert.ok(decision.decision === 'reject');
      assert.equal(decision.reason, reason);
      assert.match(decision.message, said);
    });
  }

  test('for the first thing that is wrong, in a fixed order', () => {
    const policy = aPolicy({ imagePatterns: [], maxima: { ...noMaxima, parallelism: 1 } });
    const spec = { image: 'x', serviceAccountName: 'root', parallelism: 2 };
    const steps: readonly (readonly [ClaimedTask, LaunchPolicy, Reason])[] = [
      [aClaimedTask({ jobName: 'X', namespace: 'prod', info: '{' }), policy, 'InvalidName'],
      [aClaimedTask({ namespace: 'prod', info: '{' }), policy, 'NamespaceNotAllowed'],
      [aClaimedTask({ info: { ...spec, image: 1 } }), policy, 'InvalidSpec'],
      [aClaimedTask({ info: spec }), policy, 'ImageNotAllowed'],
      [aClaimedTask({ info: spec }), { ...policy, imagePatterns: undefined }, 'ServiceAccountNotAllowed'],
      [
        aClaimedTask({ info: spec }),
        { ...policy, imagePatterns: undefined, serviceAccounts: ['root'] },
        'MaximumExceeded',
      ],
    ];
    for (const [claimed, stepPolicy, reason] of steps) {
      const decision = decideLaunch(claimed, stepPolicy);
      assert.equal(decision.decision === 'reject' && decision.reason, reason);
    }
  });
});
