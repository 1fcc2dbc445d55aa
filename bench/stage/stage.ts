import { randomBytes } from 'node:crypto';
import { type ApiClient, createApiClient } from '../../test/support/api-client.ts';
import { type Cluster, startCluster } from '../../test/support/cluster.ts';

/** A control plane for some runs. */
export interface Stage extends AsyncDisposable {
  readonly cluster: Cluster;
  /** Of nightwatch's service account: unlike an administrator's its requests are subject to flow control. */
  readonly kubeconfig: string;
  /** Empty ones, in which nightwatch may work; as many as were asked for. */
  readonly namespaces: readonly string[];
  /** As an administrator: what the benchmark itself does. Disposed with the stage. */
  client(connections: number): ApiClient;
}

export interface StageOptions {
  /** How many. */
  readonly namespaces: number;
  /**
   * Whether the Job controller runs. Without it a Job's status is what the benchmark sets it to: the controller would
   * batch its own writes by a second, which is not nightwatch's to answer for.
   */
  readonly controllers?: boolean;
  /** Done with the namespaces while the controllers run. */
  readonly furnish?: (cluster: Cluster, namespaces: readonly string[]) => Promise<void>;
}

/** Where stages come from. */
export interface Stages extends AsyncDisposable {
  take(options: StageOptions): Promise<Stage>;
}

/** A new control plane with an empty etcd for each stage: the API server becomes slower the more Jobs there are. */
export function freshStages(): Stages {
  return {
    async take(options) {
      await using resources = new AsyncDisposableStack();
      const cluster = resources.use(await startCluster());
      const stage = resources.use(await setUp(cluster, await cluster.kubeconfigFor(), options));
      const owned = resources.move();
      return { ...stage, [Symbol.asyncDispose]: () => owned.disposeAsync() };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** One control plane for all stages: for whoever wants to see that a benchmark works, not how fast anything is. */
export function sharedStages(): Stages {
  const resources = new AsyncDisposableStack();
  const start = async () => {
    const cluster = resources.use(await startCluster());
    return { cluster, kubeconfig: await cluster.kubeconfigFor() };
  };
  let starting: ReturnType<typeof start> | undefined;
  return {
    async take(options) {
      starting ??= start();
      const { cluster, kubeconfig } = await starting;
      const { controllerManager } = cluster.controlPlane;
      if (!controllerManager.process.isRunning) await controllerManager.start();
      return setUp(cluster, kubeconfig, options);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function setUp(cluster: Cluster, kubeconfig: string, options: StageOptions): Promise<Stage> {
  const namespaces = Array.from({ length: options.namespaces }, () => `bench-${randomBytes(4).toString('hex')}`);
  await Promise.all(namespaces.map((name) => cluster.allowNamespace(name)));
  await options.furnish?.(cluster, namespaces);
  if (!options.controllers) await killControllers(cluster);
  const resources = new AsyncDisposableStack();
  return {
    cluster,
    kubeconfig,
    namespaces,
    client: (connections) => resources.use(createApiClient(cluster.controlPlane.access, connections)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function killControllers({ controlPlane: { controllerManager } }: Cluster): Promise<void> {
  controllerManager.kill('SIGKILL');
  await controllerManager.stop();
}
