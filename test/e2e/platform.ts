import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { clusterBinary } from '../support/cluster-binary.ts';
import { createHelm, type Helm } from '../support/helm.ts';
import { createKubectl, type Kubectl } from '../support/kubectl.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { createTestDatabase, type RootAccess, type TestDatabase } from '../support/test-database.ts';
import type { Surroundings } from './surroundings.ts';

/** What the tests of a file do everything with. */
export interface Platform extends AsyncDisposable {
  readonly surroundings: Surroundings;
  readonly kubectl: Kubectl;
  readonly helm: Helm;
  /** A folder for files of the tests. */
  readonly directory: string;
  createDatabase(): Promise<TestDatabase>;
  /** Makes a namespace, with a name of its own that begins with the given one; it goes with the platform. */
  createNamespace(prefix: string, labels?: Readonly<Record<string, string>>): Promise<string>;
}

export async function openPlatform(surroundings: Surroundings): Promise<Platform> {
  await using resources = new AsyncDisposableStack();
  const { path: directory } = resources.use(await scratchDirectory('e2e'));
  const program = await clusterBinary();
  const cacheDirectory = join(directory, 'kubectl-cache');
  const kubectl = createKubectl({ program, kubeconfig: surroundings.kubeconfig, cacheDirectory });
  const helm = resources.use(await createHelm(surroundings.kubeconfig));
  const root = rootOf(surroundings.databaseUrl);
  const owned = resources.move();
  return {
    surroundings,
    kubectl,
    helm,
    directory,
    createDatabase: () => createTestDatabase(root, 'e2e'),
    async createNamespace(prefix, labels = {}) {
      const name = `${prefix}-${randomBytes(4).toString('hex')}`;
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
      await kubectl(['create', '-f', '-'], JSON.stringify(namespace));
      owned.defer(async () => {
        await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
      });
      return name;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function rootOf(url: string): RootAccess {
  const { hostname: host, port, username, password, search } = new URL(url);
  const login = { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  const address = { host, port: Number(port || 3306) };
  return { login: { ...login, ...address }, ...address, parameters: search };
}
