import fc from 'fast-check';
import { imagePullPolicies } from '../../../src/task/task-spec.ts';

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
      },
      { requiredKeys: ['image'], noNullPrototype: true },
    ),
    fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 3 },
      { arbitrary: fc.tuple(fc.constantFrom(...forbiddenKeys), anything), weight: 1 },
    ),
  )
  .map(([info, forbidden]) => {
    const entries = Object.entries<unknown>(info);
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
