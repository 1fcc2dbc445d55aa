import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Kubectl } from '../support/kubectl.ts';
import { install } from './installation.ts';
import { openPlatform } from './platform.ts';
import { readSurroundings } from './surroundings.ts';

const timeout = 300_000;

const rules = z.array(
  z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
);
const review = z.object({ status: z.object({ resourceRules: rules }) });
const role = z.object({ kind: z.literal('Role'), rules });

describe('the service account of the chart', { timeout }, () => {
  it('may do in the namespaces of tasks what the Role says, and nothing elsewhere', async () => {
    await using platform = await openPlatform(readSurroundings());
    const { kubectl } = platform;
    const namespace = await platform.createNamespace('tasks');
    await using installation = await install(platform, { namespaces: [namespace] });
    const manifest = await platform.helm.run(['get', 'manifest', 'nightwatch', '-n', installation.namespace]);
    const roles = parseAllDocuments(manifest).flatMap((document) => role.safeParse(document.toJS()).data ?? []);
    assert.equal(roles.length, 1);
    const account = `system:serviceaccount:${installation.namespace}:nightwatch`;
    const anybody = await rightsOf(kubectl, `system:serviceaccount:${namespace}:default`, namespace);

    const own = await rightsOf(kubectl, account, namespace);

    assert.deepEqual(own.difference(anybody), namesOf(roles[0]?.rules ?? []));
    for (const elsewhere of [installation.namespace, 'default', 'kube-system']) {
      assert.deepEqual(await rightsOf(kubectl, account, elsewhere), anybody);
    }
  });
});

/** What somebody may do in a namespace, by the API server's own word. */
async function rightsOf(kubectl: Kubectl, user: string, namespace: string): Promise<Set<string>> {
  const question = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const groups = ['system:serviceaccounts', 'system:authenticated'].map((group) => `--as-group=${group}`);
  const answer = await kubectl(
    ['create', '-f', '-', '-o', 'json', '--validate=false', `--as=${user}`, ...groups],
    JSON.stringify(question),
  );
  return namesOf(review.parse(JSON.parse(answer)).status.resourceRules);
}

function namesOf(given: z.infer<typeof rules>): Set<string> {
  const names = given.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
  return new Set(names.sort());
}
