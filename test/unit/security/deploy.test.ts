import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { labelsOfAttempt } from '../../../src/task/labels.ts';
import { anAttempt } from '../../support/builders.ts';

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
    for (const verb of changing) assert.ok(operations.includes(verb.toUpperCase()), verb);
  });

  it("knows nightwatch's own labels", () => {
    const [{ spec }] = policies;
    const { expression } = spec.variables.find(({ name }: { name: string }) => name === 'ownLabels');
    assert.deepEqual(
      [...expression.matchAll(/'([^']+)'/g)].map(([, label]) => label),
      Object.keys(labelsOfAttempt(anAttempt(), 'any')),
    );
  });
});
