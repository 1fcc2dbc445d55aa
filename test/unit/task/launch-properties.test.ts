import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideLaunch } from '../../../src/task/decide-launch.ts';
import { parseSpec } from '../../../src/task/spec.ts';
import { imagePullPolicies, type TaskSpec } from '../../../src/task/task-spec.ts';
import { aClaimedTask, aPolicy } from '../../support/builders.ts';

/** Every key that a Job of ours may have, at any depth; the names of labels and annotations are not among them. */
const allowedKeys = new Set(
  `apiVersion kind metadata spec name namespace labels annotations
  activeDeadlineSeconds parallelism completions backoffLimit podReplacementPolicy ttlSecondsAfterFinished template
  restartPolicy automountServiceAccountToken containers serviceAccountName imagePullSecrets securityContext
  image command args env value workingDir imagePullPolicy resources requests limits cpu memory ephemeral-storage
  runAsNonRoot runAsUser runAsGroup seccompProfile type allowPrivilegeEscalation capabilities drop`.split(/\s+/),
);

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
const nearlyRight = fc
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

describe('whatever info says', () => {
  test('reading it never throws and a refusal has a message that fits', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      nearlyRight.map(({ text }) => text),
    );
    fc.assert(
      fc.property(texts, fc.nat(), (text, bytes) => {
        const parsed = parseSpec(text, bytes);
        if (parsed.result === 'valid') return;
        assert.ok(parsed.message.length > 0 && parsed.message.length <= 1000);
        assert.ok(parsed.message.isWellFormed());
      }),
      { numRuns: 2000 },
    );
  });

  test('a Job has only fields that were let in by name, and a forbidden key is a refusal', () => {
    const policy = aPolicy({ serviceAccounts: ['builder'] });
    let launched = 0;
    fc.assert(
      fc.property(nearlyRight, ({ text, hasForbidden }) => {
        const decision = decideLaunch(aClaimedTask({ info: text }), policy);
        if (decision.decision === 'reject') return;
        launched++;
        assert.equal(hasForbidden, false);
        assert.deepEqual(strayKeys(JSON.parse(JSON.stringify(decision.job))), []);
      }),
      { numRuns: 3000 },
    );
    // Without this the property would hold for a function that refuses everything.
    assert.ok(launched > 100, `only ${launched} were launched`);
  });

  test('nothing reaches the prototype of all objects', () => {
    parseSpec('{"image":"x","__proto__":{"polluted":1},"env":{"__proto__":{"polluted":1}}}', 80);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });
});

test('a right spec is read as it is written and arrives in the Job unchanged', () => {
  const texts = fc.string({ maxLength: 8 }).filter((text) => text.isWellFormed() && !text.includes('\0'));
  const specs: fc.Arbitrary<TaskSpec> = fc.record(
    {
      image: fc.constantFrom('alpine', 'registry.example.com/a/b:1'),
      command: fc.array(texts, { maxLength: 3 }),
      args: fc.array(texts, { maxLength: 3 }),
      env: fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/), texts, {
        maxKeys: 4,
        noNullPrototype: true,
      }),
      labels: rightNames(),
      annotations: rightNames(),
      deadlineSeconds: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      backoffLimit: fc.nat(2 ** 31 - 1),
      parallelism: fc.integer({ min: 1, max: 10_000 }),
      completions: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      resources: fc.record({ limits: amounts() }),
    },
    { requiredKeys: ['image'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(specs, (spec) => {
      const decision = decideLaunch(aClaimedTask({ info: spec }), aPolicy());
      assert.ok(decision.decision === 'launch');
      const { metadata, spec: jobSpec } = decision.job;
      const container = jobSpec?.template.spec?.containers[0];
      assert.equal(container?.image, spec.image);
      assert.deepEqual(container?.command, spec.command);
      assert.deepEqual(container?.args, spec.args);
      assert.deepEqual(
        container?.env && new Map(container.env.map(({ name, value }) => [name, value])),
        spec.env && new Map(Object.entries(spec.env)),
      );
      for (const [key, value] of Object.entries(spec.labels ?? {})) assert.equal(metadata?.labels?.[key], value);
      assert.deepEqual(metadata?.annotations, spec.annotations);
      assert.equal(jobSpec?.activeDeadlineSeconds, spec.deadlineSeconds);
      assert.equal(jobSpec?.backoffLimit, spec.backoffLimit ?? 0);
      assert.equal(jobSpec?.parallelism, spec.parallelism);
      assert.equal(jobSpec?.completions, spec.completions);
      const limits = spec.resources?.limits ?? {};
      assert.deepEqual(container?.resources?.limits, Object.keys(limits).length === 0 ? undefined : limits);
    }),
    { numRuns: 500 },
  );
});

function amounts() {
  return fc.record(
    {
      cpu: fc.constantFrom('1', '500m'),
      memory: fc.constantFrom('1Gi', '64Mi'),
      'ephemeral-storage': fc.constant('1Gi'),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
}

function rightNames() {
  return fc.dictionary(fc.constantFrom('team', 'example.com/x', 'constructor'), fc.constantFrom('', 'a', 'B.c'), {
    maxKeys: 3,
    noNullPrototype: true,
  });
}

function strayKeys(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(strayKeys);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!allowedKeys.has(key)) return [key];
    return key === 'labels' || key === 'annotations' ? [] : strayKeys(inner);
  });
}
