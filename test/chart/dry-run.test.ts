import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { systemNamespace } from '../support/cluster-identities.ts';
import { KubectlError } from '../support/kubectl.ts';
import { renderingPaths } from './renderings.ts';

const timeout = 120_000;
// Deployments whose pods would be refused, and whatever else the server only warns of, count as faults.
const dryRun = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '--warnings-as-errors', '-f'];

describe('what is rendered from the chart', { timeout }, () => {
  const resources = new AsyncDisposableStack();
  let cluster: Cluster;

  before(async () => {
    cluster = resources.use(await startCluster());
    // Those that the sets of values name.
    for (const namespace of [systemNamespace, 'builds', 'team-a', 'team-b']) {
      await cluster.kubectl(['create', 'namespace', namespace]);
      const level = (mode: string) => `pod-security.kubernetes.io/${mode}=restricted`;
      await cluster.kubectl(['label', 'namespace', namespace, level('enforce'), level('warn')]);
    }
  });

  after(() => resources.disposeAsync());

  for (const path of renderingPaths) {
    it(`is taken by the API server as ${basename(path)} has it, without a warning`, async () => {
      await cluster.kubectl([...dryRun, path]);
    });
  }

  for (const [what, from, to, says] of [
    [
      'a field that there is not',
      'replicas: 2',
      'replicaCount: 2',
      /\.spec\.replicaCount: field not declared in schema/,
    ],
    ['a variable that is there twice', 'NIGHTWATCH_REPLICA', 'NIGHTWATCH_REDIS_URLS_FILE', /duplicate entries for key/],
    ['a pod that is not restricted', 'runAsNonRoot: true', 'runAsNonRoot: false', /would violate PodSecurity/],
  ] as const) {
    it(`would not be taken with ${what}`, async () => {
      const rendered = await readFile(renderingPaths.find((path) => path.endsWith('default.yaml')) ?? '', 'utf8');
      assert.ok(rendered.includes(from));
      await assert.rejects(cluster.kubectl([...dryRun, '-'], rendered.replaceAll(from, to)), (error) => {
        assert.ok(error instanceof KubectlError);
        assert.match(error.message, says);
        return true;
      });
    });
  }
});
