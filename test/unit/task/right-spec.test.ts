import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideLaunch } from '../../../src/task/decide-launch.ts';
import type { TaskSpec } from '../../../src/task/task-spec.ts';
import { aClaimedTask, aPolicy } from '../../support/builders.ts';
import { amounts, rightNames } from './nearly-right-info.ts';

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
