import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideLaunch } from '../../../src/task/decide-launch.ts';
import { readRetryPolicy } from '../../../src/task/job-annotations.ts';
import { retryPolicyOf } from '../../../src/task/retry-policy.ts';
import type { TaskSpec } from '../../../src/task/task-spec.ts';
import { aClaimedTask, aPolicy } from '../../support/builders.ts';
import { amounts, podFailurePolicies, retries, rightNames } from './nearly-right-info.ts';

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
      startDeadlineSeconds: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      terminationGracePeriodSeconds: fc.nat(2 ** 31 - 1),
      podFailurePolicy: podFailurePolicies(),
      retry: retries(),
      ttlSecondsAfterFinished: fc.nat(31_622_400),
      log: fc.oneof(fc.constant(false as const), fc.record({ tailBytes: fc.integer({ min: 1, max: 2 ** 20 }) })),
    },
    { requiredKeys: ['image'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(specs, (asked) => {
      const spec = inHarmony(asked);
      const decision = decideLaunch(aClaimedTask({ info: spec }), aPolicy());
      assert.ok(decision.decision === 'launch');
      const { metadata, spec: jobSpec } = decision.job;
      const container = jobSpec?.template.spec?.containers[0];
      assert.equal(container?.image, spec.image);
      assert.deepEqual(container?.command, spec.command);
      assert.deepEqual(container?.args, spec.args);
      // Ours stand before those of the row.
      assert.deepEqual(
        new Map(container?.env?.slice(5).map(({ name, value }) => [name, value])),
        new Map(Object.entries(spec.env ?? {})),
      );
      for (const [key, value] of Object.entries(spec.labels ?? {})) assert.equal(metadata?.labels?.[key], value);
      assertAnnotated(spec, metadata?.annotations ?? {});
      const { podFailurePolicy } = jobSpec ?? {};
      assert.deepEqual(
        podFailurePolicy?.rules.map(({ action }) => action),
        spec.podFailurePolicy?.rules.map(({ action }) => action),
      );
      assert.equal(jobSpec?.template.spec?.terminationGracePeriodSeconds, spec.terminationGracePeriodSeconds);
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

/** The same without what contradicts itself: only one layer repeats, and indexes fail only where there are some. */
function inHarmony({ podFailurePolicy, backoffLimit, retry, ...spec }: TaskSpec): TaskSpec {
  const rules = podFailurePolicy?.rules.filter(
    ({ action }) => action !== 'FailIndex' && (action !== 'Ignore' || retry === undefined),
  );
  return {
    ...spec,
    ...(retry && { retry }),
    ...(backoffLimit !== undefined && { backoffLimit: retry ? 0 : backoffLimit }),
    ...(rules && rules.length > 0 && { podFailurePolicy: { rules } }),
  };
}

function assertAnnotated(spec: TaskSpec, annotations: Readonly<Record<string, string>>): void {
  const own = Object.entries(annotations).filter(([key]) => key.startsWith('nightwatch.dev/'));
  const { retry, ...others } = Object.fromEntries(
    own.map(([key, value]) => [key.replace('nightwatch.dev/', ''), value]),
  );
  const log = spec.log === false ? 0 : spec.log?.tailBytes;
  const wanted = {
    'start-deadline-seconds': spec.startDeadlineSeconds,
    'clean-up-seconds': spec.ttlSecondsAfterFinished,
    'log-bytes': log,
  };
  const said = Object.entries(wanted).filter(([, value]) => value !== undefined);
  assert.deepEqual(others, Object.fromEntries(said.map(([key, value]) => [key, String(value)])));
  assert.deepEqual(readRetryPolicy(retry), spec.retry && retryPolicyOf(spec.retry));
  const fromRow = Object.entries(annotations).filter(([key]) => !key.startsWith('nightwatch.dev/'));
  assert.deepEqual(new Map(fromRow), new Map(Object.entries(spec.annotations ?? {})));
}
