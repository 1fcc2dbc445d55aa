import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideLaunch } from '../../../src/task/decide-launch.ts';
import { parseSpec } from '../../../src/task/spec.ts';
import { anyCharacter } from '../../support/any-character.ts';
import { aClaimedTask, aPolicy } from '../../support/builders.ts';
import { nearlyRightInfo } from './nearly-right-info.ts';

/** Every key that a Job of ours may have, at any depth; the names of labels and annotations are not among them. */
const allowedKeys = new Set(
  `apiVersion kind metadata spec name namespace labels annotations
  activeDeadlineSeconds parallelism completions backoffLimit podReplacementPolicy ttlSecondsAfterFinished template
  completionMode backoffLimitPerIndex maxFailedIndexes podFailurePolicy rules action onExitCodes operator values
  onPodConditions status terminationGracePeriodSeconds
  restartPolicy automountServiceAccountToken containers serviceAccountName imagePullSecrets securityContext
  image command args env value workingDir imagePullPolicy resources requests limits cpu memory ephemeral-storage
  runAsNonRoot runAsUser runAsGroup seccompProfile type allowPrivilegeEscalation capabilities drop`.split(/\s+/),
);

describe('whatever info says', () => {
  test('reading it never throws and a refusal has a message that fits', () => {
    const texts = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.json(),
      nearlyRightInfo.map(({ text }) => text),
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
      fc.property(nearlyRightInfo, ({ text, hasForbidden }) => {
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

function strayKeys(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(strayKeys);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!allowedKeys.has(key)) return [key];
    return key === 'labels' || key === 'annotations' ? [] : strayKeys(inner);
  });
}
