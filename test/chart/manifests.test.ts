import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { deployFolder } from './chart-files.ts';

const timeout = 120_000;
const file = join(deployFolder, 'nightwatch.yaml');
const label = 'app.kubernetes.io/instance=nightwatch';

describe('the manifests that are applied without Helm', { timeout }, () => {
  const resources = new AsyncDisposableStack();
  let cluster: Cluster;

  before(async () => {
    cluster = resources.use(await startCluster());
  });

  after(() => resources.disposeAsync());

  it('are applied to an empty cluster at once, and change nothing when they are applied again', async () => {
    await cluster.kubectl(['apply', '-f', file]);
    const made = await generations();
    assert.match(made, /^Deployment nightwatch 1$/m);

    await cluster.kubectl(['apply', '-f', file]);
    assert.equal(await generations(), made);
  });

  /** How often each object was changed, in a line each. */
  function generations(): Promise<string> {
    const line = '{.kind} {.metadata.name} {.metadata.generation}{"\\n"}';
    const kinds = 'deployments,jobs,poddisruptionbudgets,validatingadmissionpolicies,validatingadmissionpolicybindings';
    return cluster.kubectl(['get', kinds, '-A', '-l', label, '-o', `jsonpath={range .items[*]}${line}{end}`]);
  }
});
