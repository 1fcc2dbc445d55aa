import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureOfPod, waitOfPod } from '../../../src/task/pod-reasons.ts';
import type { ContainerEnd, PodView } from '../../../src/task/pod-view.ts';
import { anEndedPod, aPodView } from '../../support/builders.ts';

function aWaitingPod(reason: string, message?: string): PodView {
  return aPodView({ waiting: { reason, message } });
}

function anUnplacedPod(message: string): PodView {
  return aPodView({ hasNode: false, unscheduled: { reason: 'Unschedulable', message } });
}

function aFailedPod(end: Partial<ContainerEnd>, overrides: Partial<PodView> = {}): PodView {
  const { ended, ...pod } = anEndedPod(1, overrides);
  return { ...pod, ended: ended && { ...ended, ...end } };
}

const waits: readonly (readonly [what: string, pod: PodView, reason: string])[] = [
  [
    'a tag that is not there',
    aWaitingPod(
      'ErrImagePull',
      'rpc error: code = NotFound desc = failed to resolve "docker.io/library/alpine:9": not found',
    ),
    'ImagePull.NotFound',
  ],
  ['a manifest that is not there', aWaitingPod('ErrImagePull', 'manifest unknown'), 'ImagePull.NotFound'],
  ['a name that is none', aWaitingPod('InvalidImageName', 'couldn\'t parse image name "A:B:C"'), 'ImagePull.NotFound'],
  [
    'an image that may not be pulled',
    aWaitingPod('ErrImageNeverPull', 'is not present with pull policy of Never'),
    'ImagePull.NotFound',
  ],
  [
    'a repository that is private or not there',
    aWaitingPod('ErrImagePull', 'pull access denied, repository does not exist or may require authorization'),
    'ImagePull.Unauthorized',
  ],
  [
    'a refused token',
    aWaitingPod('ImagePullBackOff', 'unexpected status code 401 Unauthorized'),
    'ImagePull.Unauthorized',
  ],
  ['a forbidden repository', aWaitingPod('ErrImagePull', 'unexpected status: 403 Forbidden'), 'ImagePull.Unauthorized'],
  [
    'a registry out of reach',
    aWaitingPod('ErrImagePull', 'dial tcp: lookup registry.test: no such host'),
    'ImagePull.Other',
  ],
  ['a rest before the next try', aWaitingPod('ImagePullBackOff', 'Back-off pulling image "alpine"'), 'ImagePull.Other'],
  ['a Secret that is not there', aWaitingPod('CreateContainerConfigError', 'secret "x" not found'), 'ContainerConfig'],
  ['a container that cannot be made', aWaitingPod('CreateContainerError'), 'ContainerConfig'],
  ['too little cpu', anUnplacedPod('0/3 nodes are available: 3 Insufficient cpu.'), 'Unschedulable.Resources'],
  [
    'too little memory on the nodes without a taint',
    anUnplacedPod('0/3 nodes are available: 1 node(s) had untolerated taint {gpu: true}, 2 Insufficient memory.'),
    'Unschedulable.Resources',
  ],
  ['full nodes', anUnplacedPod('0/1 nodes are available: 1 Too many pods.'), 'Unschedulable.Resources'],
  [
    'tainted nodes',
    anUnplacedPod('0/1 nodes are available: 1 node(s) had untolerated taint {a: b}.'),
    'Unschedulable.Taints',
  ],
  ['cordoned nodes', anUnplacedPod('0/1 nodes are available: 1 node(s) were unschedulable.'), 'Unschedulable.Taints'],
  [
    'other nodes',
    anUnplacedPod("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
    'Unschedulable.Affinity',
  ],
  ['no node at all', anUnplacedPod('no nodes available to schedule pods'), 'Unschedulable.Other'],
  ['a volume that is not there', anUnplacedPod('persistentvolumeclaim "x" not found'), 'Unschedulable.Other'],
];

describe('a pod that does not start', () => {
  for (const [what, pod, reason] of waits) {
    test(`because of ${what} is ${reason}, in the cluster's own words`, () => {
      const wait = waitOfPod(pod);
      assert.equal(wait?.reason, reason);
      const words = pod.waiting?.message ?? pod.unscheduled?.message ?? pod.waiting?.reason ?? '';
      assert.ok(wait?.message.includes(words), wait?.message);
    });
  }

  const silent: readonly (readonly [what: string, pod: PodView])[] = [
    ['was just made', aPodView()],
    ['has its container made', aWaitingPod('ContainerCreating')],
    ['runs', aPodView({ phase: 'Running', running: true })],
    ['has ended', anEndedPod(0)],
    ['is being deleted', { ...aWaitingPod('ErrImagePull'), deleting: true }],
  ];
  for (const [what, pod] of silent) {
    test(`and ${what} says nothing`, () => assert.equal(waitOfPod(pod), undefined));
  }
});

const disrupted = (reason: string) => ({ disrupted: { reason, message: 'why' } });

const failures: readonly (readonly [what: string, pod: PodView, reason: string, message: RegExp])[] = [
  ['ended with a code', anEndedPod(3), 'ExitCode', /^exit code 3$/],
  ['was killed by a signal', anEndedPod(143), 'ExitCode', /^exit code 143 \(signal 15\)$/],
  ['said why it ended', aFailedPod({ exitCode: 2, message: 'no input\n' }), 'ExitCode', /^exit code 2: no input$/],
  [
    'used too much memory',
    aFailedPod({ exitCode: 137, reason: 'OOMKilled' }),
    'OOMKilled',
    /^exit code 137 \(signal 9\): OOMKilled$/,
  ],
  [
    'could not be started',
    aFailedPod({ exitCode: 128, reason: 'StartError', message: 'exec: "x": not found', started: false }),
    'ContainerConfig',
    /exec: "x": not found/,
  ],
  [
    'ran longer than it may',
    anEndedPod(137, { reason: 'DeadlineExceeded', message: 'too long' }),
    'DeadlineExceeded',
    /too long/,
  ],
  [
    'was evicted by its node',
    anEndedPod(137, { reason: 'Evicted', message: 'The node was low on memory' }),
    'Evicted',
    /low on memory/,
  ],
  ['was evicted through the API', anEndedPod(143, disrupted('EvictionByEvictionAPI')), 'Evicted', /why/],
  ['was evicted by a node that shuts down', anEndedPod(143, disrupted('TerminationByKubelet')), 'Evicted', /why/],
  ['made room for another', anEndedPod(143, disrupted('PreemptionByScheduler')), 'Preempted', /why/],
  ['made room on its node', aPodView({ phase: 'Failed', reason: 'Preempting', message: 'room' }), 'Preempted', /room/],
  ['lost its node', aPodView({ phase: 'Failed', ...disrupted('DeletionByPodGC') }), 'NodeLost', /why/],
  ['lost its node by a taint', anEndedPod(137, disrupted('DeletionByTaintManager')), 'NodeLost', /why/],
  [
    'is not known to its node any more',
    aFailedPod({ exitCode: 137, reason: 'ContainerStatusUnknown' }),
    'NodeLost',
    /ContainerStatusUnknown/,
  ],
  [
    'was refused by its node',
    aPodView({ phase: 'Failed', reason: 'OutOfcpu', message: 'no cpu' }),
    'PodRejected',
    /^OutOfcpu: no cpu$/,
  ],
];

describe('a pod that failed', () => {
  for (const [what, pod, reason, message] of failures) {
    test(`because it ${what} is ${reason}`, () => {
      const failure = failureOfPod(pod);
      assert.equal(failure?.reason, reason);
      assert.match(failure?.message ?? '', message);
    });
  }

  test('for want of memory on a node that then drove it away is OOMKilled: more memory is what it needs', () => {
    const pod = aFailedPod({ exitCode: 137, reason: 'OOMKilled' }, disrupted('TerminationByKubelet'));
    assert.equal(failureOfPod(pod)?.reason, 'OOMKilled');
  });

  test('says so only once it has', () => {
    assert.equal(failureOfPod(anEndedPod(0)), undefined);
    assert.equal(failureOfPod({ ...anEndedPod(1), phase: 'Running' }), undefined);
  });

  test('never says more than a row can hold', () => {
    assert.ok((failureOfPod(aFailedPod({ message: 'x'.repeat(5_000) }))?.message.length ?? 0) <= 1_000);
  });
});
