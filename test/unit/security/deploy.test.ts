import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { jobAnnotations, podAnnotations } from '../../../src/task/job-annotations.ts';
import { labelsOfAttempt } from '../../../src/task/labels.ts';
import { anAttempt, aPolicy } from '../../support/builders.ts';
import { fullSpec } from '../../support/full-spec.ts';

const folder = join(import.meta.dirname, '../../../deploy');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const documents = parseAllDocuments(read('validating-admission-policy.yaml')).map((document) => document.toJS());
const policies = documents.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');

describe('the policy that users deploy', () => {
  it('is about the account that the RoleBinding names', () => {
    const [{ name, namespace }] = parse(read('role-binding.yaml')).subjects;
    for (const { spec } of policies) {
      const [{ expression }] = spec.matchConditions;
      assert.equal(expression, `request.userInfo.username == 'system:serviceaccount:${namespace}:${name}'`);
    }
  });

  it('is bound to refuse, also when it cannot be evaluated', () => {
    const bindings = documents.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
    assert.deepEqual(
      bindings.map(({ spec }) => [spec.policyName, spec.validationActions]),
      policies.map(({ metadata }) => [metadata.name, ['Deny']]),
    );
    for (const { spec } of policies) assert.equal(spec.failurePolicy, 'Fail');
  });

  it('covers every way in which the Role lets Jobs be changed', () => {
    const [{ verbs }] = parse(read('role.yaml')).rules;
    const operations = policies.flatMap(({ spec }) => spec.matchConstraints.resourceRules[0].operations);
    const changing = verbs.filter((verb: string) => !['get', 'list', 'watch'].includes(verb));
    // To an admission policy a patch is an update.
    for (const verb of changing) assert.ok(operations.includes(verb === 'patch' ? 'UPDATE' : verb.toUpperCase()), verb);
  });

  it("knows nightwatch's own labels", () => {
    assert.deepEqual(wordsOf('ownLabels'), Object.keys(labelsOfAttempt(anAttempt(), 'any')));
  });

  it("knows nightwatch's own annotations, of the Job and of its pods", () => {
    assert.deepEqual(new Set(wordsOf('ownAnnotations')), new Set(Object.keys(jobAnnotations(fullSpec, aPolicy()))));
    assert.deepEqual(wordsOf('ownPodAnnotations'), Object.keys(podAnnotations(fullSpec)));
  });
});

/** The strings that a variable of the policy is a list of. */
function wordsOf(variable: string): readonly (string | undefined)[] {
  const [{ spec }] = policies;
  const { expression } = spec.variables.find(({ name }: { name: string }) => name === variable);
  return [...expression.matchAll(/'([^']+)'/g)].map(([, word]) => word);
}
