import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parseArguments } from '../../src/arguments.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { ReadFile } from '../../src/config/read-setting.ts';
import type { Command } from '../../src/config/setting.ts';
import { deployFolder } from '../chart/chart-files.ts';
import { renderingPaths } from '../chart/renderings.ts';

const rules = z.array(
  z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
);

const secretFiles: Readonly<Record<string, string>> = {
  '/etc/nightwatch/secrets/database-url': 'mysql://nightwatch:secret@mysql.example.com/nightwatch',
  '/etc/nightwatch/secrets/redis-urls': 'redis://redis.example.com',
};

const readSecretFile: ReadFile = (path) => {
  const text = secretFiles[path];
  return text === undefined ? { result: 'unreadable', reason: 'it is not mounted' } : { result: 'read', text };
};

for (const path of renderingPaths.filter((each) => !each.endsWith('policy.yaml'))) {
  describe(`what ${basename(path)} deploys`, () => {
    const objects = readObjects(path);

    it('starts replicas with a configuration that nightwatch understands', () => {
      const deployment = only(objects, 'Deployment');
      const settings = only(objects, 'ConfigMap', deployment.metadata.name).data['nightwatch.yaml'];
      const [container] = deployment.spec.template.spec.containers;
      assertUnderstood('run', container, { path: '/etc/nightwatch/settings/nightwatch.yaml', text: settings });
    });

    const job = objects.find(({ kind }) => kind === 'Job');
    if (job) {
      it('migrates with a configuration that nightwatch understands', () => {
        assertUnderstood('migrate', job.spec.template.spec.containers[0], undefined);
      });
    }

    it('sets no variable twice', () => {
      for (const { kind, spec } of objects.filter(({ kind }) => kind === 'Deployment' || kind === 'Job')) {
        const names = spec.template.spec.containers[0].env.map(({ name }: { name: string }) => name);
        assert.deepEqual(names, [...new Set(names)], kind);
      }
    });
  });
}

describe('the manifests that are applied without Helm', () => {
  const all = readObjects(join(deployFolder, 'nightwatch.yaml'));

  it('give what the Role for further namespaces gives', () => {
    assert.deepEqual(rightsOf(only(all, 'Role').rules), rightsOf(readYaml('role.yaml').rules));
  });

  it('bind that Role as the binding for further namespaces does', () => {
    const { roleRef, subjects } = only(all, 'RoleBinding');
    const further = readYaml('role-binding.yaml');
    assert.deepEqual([roleRef, subjects], [further.roleRef, further.subjects]);
  });

  it('hold the policy, as it can be applied alone', () => {
    const isOfPolicy = ({ kind }: { kind: string }) => kind.startsWith('ValidatingAdmissionPolicy');
    assert.deepEqual(all.filter(isOfPolicy), readObjects(join(deployFolder, 'validating-admission-policy.yaml')));
  });

  it('begin with the namespace that everything is in', () => {
    assert.deepEqual([all[0].kind, all[0].metadata.name], ['Namespace', 'nightwatch-system']);
  });
});

function assertUnderstood(
  command: Command,
  container: { readonly args: readonly string[]; readonly env: readonly { name: string; value?: string }[] },
  file: { readonly path: string; readonly text: string } | undefined,
): void {
  const given = parseArguments(container.args);
  assert.equal(given.request, command);
  assert.equal('configPath' in given ? given.configPath : undefined, file?.path);
  const environment = Object.fromEntries(container.env.map(({ name, value = 'of-the-pod' }) => [name, value]));
  const inPod = { ...environment, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  const parsed = parseConfig({ command, environment: inPod, file, readSecretFile, defaultReplica: 'none' });
  assert.deepEqual('faults' in parsed ? parsed.faults : [], []);
}

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind, of which each test looks at a little
type KubernetesObject = any;

function readObjects(path: string): readonly KubernetesObject[] {
  return parseAllDocuments(readFileSync(path, 'utf8'), { version: '1.1' }).map((document) => document.toJS());
}

function readYaml(name: string): KubernetesObject {
  return parse(readFileSync(join(deployFolder, name), 'utf8'));
}

function only(objects: readonly KubernetesObject[], kind: string, name?: string): KubernetesObject {
  const found = objects.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
  assert.equal(found.length, 1, `${kind} ${name ?? ''}`);
  return found[0];
}

/** Each right as `verb group/resource`. */
function rightsOf(given: unknown): readonly string[] {
  return rules
    .parse(given)
    .flatMap(({ apiGroups, resources, verbs }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) => resources.map((resource) => `${verb} ${group}/${resource}`)),
      ),
    );
}
