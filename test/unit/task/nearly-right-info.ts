import fc from 'fast-check';
import { retryWords } from '../../../src/task/failure-class.ts';
import { completionModes, imagePullPolicies, podFailureActions } from '../../../src/task/task-spec.ts';

const forbiddenKeys = [
  'hostPath',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'privileged',
  'nodeName',
  'nodeSelector',
  'ownerReferences',
  'finalizers',
  'priorityClassName',
  'managedBy',
  'volumes',
  'volumeMounts',
  'securityContext',
  'metadata',
  'spec',
  'template',
  'initContainers',
  'containers',
  'envFrom',
  'tolerations',
  'runtimeClassName',
  'automountServiceAccountToken',
  'name',
  'namespace',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
];

const word = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('a', 'x-1', '1', '256Mi', '/tmp', 'alpine', '\0', '\ud800'),
);
const plainText = fc.string({ maxLength: 8 });
const anything = fc.oneof(
  word,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 4 }),
);
const names = fc.dictionary(fc.oneof(word, fc.constantFrom(...forbiddenKeys)), fc.oneof(word, anything), {
  maxKeys: 5,
});
const mixed = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: right, weight: 40 }, { arbitrary: anything, weight: 1 });

/** Keys that stand together now and then only: each by itself is right nearly always. */
const repetition = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      completionMode: mixed(fc.constantFrom(...completionModes)),
      completions: mixed(fc.integer({ min: 1, max: 5 })),
      backoffLimitPerIndex: mixed(fc.nat(1)),
      maxFailedIndexes: mixed(fc.nat(1)),
      podFailurePolicy: mixed(podFailurePolicies()),
    },
    { requiredKeys: ['completionMode', 'completions'], noNullPrototype: true },
  ),
  fc.record(
    { retry: mixed(retries()), backoffLimit: mixed(fc.constant(0)), podFailurePolicy: mixed(podFailurePolicies()) },
    { requiredKeys: ['backoffLimit'], noNullPrototype: true },
  ),
);

/** Info that is nearly right, so that both verdicts come up often. */
export const nearlyRightInfo = fc
  .tuple(
    fc.record(
      {
        image: mixed(fc.constantFrom('alpine', 'registry.example.com/a/b:1', 'Bad')),
        command: mixed(fc.array(plainText, { maxLength: 3 })),
        args: mixed(fc.array(plainText, { maxLength: 3 })),
        env: mixed(fc.oneof({ arbitrary: names, weight: 1 }, { arbitrary: rightNames(), weight: 5 })),
        workingDir: mixed(fc.constantFrom('/', '/tmp')),
        resources: mixed(
          fc.record(
            { requests: mixed(amounts()), limits: mixed(amounts()) },
            { requiredKeys: [], noNullPrototype: true },
          ),
        ),
        imagePullPolicy: mixed(fc.constantFrom(...imagePullPolicies)),
        imagePullSecrets: mixed(fc.array(fc.constantFrom('a', 'b.c'), { maxLength: 3 })),
        serviceAccountName: mixed(fc.constantFrom('builder', 'other')),
        labels: mixed(fc.oneof({ arbitrary: names, weight: 1 }, { arbitrary: rightNames(), weight: 5 })),
        annotations: mixed(fc.oneof({ arbitrary: names, weight: 1 }, { arbitrary: rightNames(), weight: 5 })),
        deadlineSeconds: mixed(fc.integer({ min: 1, max: 1000 })),
        backoffLimit: mixed(fc.nat(6)),
        parallelism: mixed(fc.integer({ min: 1, max: 5 })),
        completions: mixed(fc.integer({ min: 1, max: 5 })),
        startDeadlineSeconds: mixed(fc.integer({ min: 1, max: 1000 })),
        terminationGracePeriodSeconds: mixed(fc.nat(60)),
        ttlSecondsAfterFinished: mixed(fc.nat(1000)),
        log: mixed(fc.oneof(fc.constant(false), fc.record({ tailBytes: mixed(fc.integer({ min: 1, max: 9 })) }))),
      },
      { requiredKeys: ['image'], noNullPrototype: true },
    ),
    repetition,
    fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 3 },
      { arbitrary: fc.tuple(fc.constantFrom(...forbiddenKeys), anything), weight: 1 },
    ),
  )
  .map(([info, repeated, forbidden]) => {
    const entries = Object.entries<unknown>({ ...info, ...repeated });
    if (forbidden !== undefined) entries.push(forbidden);
    // Written by hand: an object literal could not hold an own '__proto__'.
    const text = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`;
    return { text, hasForbidden: forbidden !== undefined };
  });

/** Amounts as `resources` has them, all of them right. */
export function amounts() {
  return fc.record(
    {
      cpu: fc.constantFrom('1', '500m'),
      memory: fc.constantFrom('1Gi', '64Mi'),
      'ephemeral-storage': fc.constant('1Gi'),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
}

/** Labels or annotations that nobody refuses. */
export function rightNames() {
  return fc.dictionary(fc.constantFrom('team', 'example.com/x', 'constructor'), fc.constantFrom('', 'a', 'B.c'), {
    maxKeys: 3,
    noNullPrototype: true,
  });
}

/** Pod failure policies that are right by themselves. */
export function podFailurePolicies() {
  const values = fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 4 });
  const action = fc.constantFrom(...podFailureActions);
  const operator = fc.constantFrom('In' as const, 'NotIn' as const);
  const type = fc.constantFrom('DisruptionTarget', 'example.com/Odd');
  const status = fc.constantFrom('True' as const, 'False' as const);
  const conditions = fc.array(fc.record({ type, status }, { requiredKeys: ['type'], noNullPrototype: true }), {
    minLength: 1,
    maxLength: 2,
  });
  const byCode = fc.record({ action, onExitCodes: fc.record({ operator, values }) }, { noNullPrototype: true });
  const byCondition = fc.record({ action, onPodConditions: conditions }, { noNullPrototype: true });
  const rules = fc.array(fc.oneof(byCode, byCondition), { minLength: 1, maxLength: 3 });
  return fc.record({ rules }, { noNullPrototype: true });
}

/** Retries that are right by themselves. */
export function retries() {
  const exitCodes = fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 4 });
  const cause = fc.oneof(fc.constantFrom(...retryWords), fc.record({ exitCodes }, { noNullPrototype: true }));
  const backOff = fc.record(
    {
      initialSeconds: fc.nat(100),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      maximumSeconds: fc.integer({ min: 100, max: 86_400 }),
      jitter: fc.constantFrom(0, 0.25, 1),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  return fc.record(
    { maxAttempts: fc.integer({ min: 1, max: 1_000 }), backOff, on: fc.array(cause, { minLength: 1, maxLength: 4 }) },
    { requiredKeys: ['maxAttempts'], noNullPrototype: true },
  );
}
