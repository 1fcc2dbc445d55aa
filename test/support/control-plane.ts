import { join } from 'node:path';
import type { ApiAccess } from './api-access.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import type { AuditLevel } from './audit-log.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
} from './control-plane-arguments.ts';
import { type ControlPlaneFiles, controlPlaneFiles, writeControlPlaneFiles } from './control-plane-files.ts';
import { freePort } from './free-port.ts';
import { RestartableServer } from './restartable-server.ts';
import { type ServerProcessOptions, startServerProcess } from './server-process.ts';

const readyTimeoutMs = 60_000;
// An API server without its etcd never ends by itself.
const killAfterMs = 3000;

export interface ControlPlaneOptions {
  /** `Metadata` unless told: whole objects make several kilobytes of log per Job. */
  readonly auditLevel?: AuditLevel;
  /** Off unless told: there are no nodes to schedule on. */
  readonly scheduler?: boolean;
  /** An address of this machine at which it serves a node and pods too, with every controller that these need. */
  readonly addressForNodes?: string;
  /** Further arguments of the API server, such as `--etcd-compaction-interval=5s`; the last one of a name counts. */
  readonly apiServerArguments?: readonly string[];
}

/** The processes of a Kubernetes control plane of our own, for tests that kill, pause or restart them. */
export interface ControlPlane extends AsyncDisposable {
  /** As a member of system:masters. */
  readonly access: ApiAccess;
  readonly files: ControlPlaneFiles;
  /** Where etcd speaks JSON over HTTP, beside what the API server speaks with it. */
  readonly etcdUrl: string;
  readonly etcd: RestartableServer;
  readonly apiServer: RestartableServer;
  readonly controllerManager: RestartableServer;
}

type Run = (
  component: string,
  args: readonly string[],
  ready: ServerProcessOptions['ready'],
) => Promise<RestartableServer>;

/**
 * Starts a control plane in a directory, which its owner removes; resolves when Jobs can be created and get their pods.
 * Disposal kills its processes.
 */
export async function startControlPlane(
  program: string,
  directory: string,
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const files = controlPlaneFiles(directory);
  const ports = { etcd: await freePort(), etcdPeer: await freePort(), apiServer: await freePort() };
  const server = new URL(`https://${options.addressForNodes ?? '127.0.0.1'}:${ports.apiServer}`);
  const access = await writeControlPlaneFiles(program, files, server, options.auditLevel ?? 'Metadata');
  const run = runIn(program, directory);

  // Disposed in reverse, controllers first and etcd last. Started together they would be no faster on two cores.
  await using started = new AsyncDisposableStack();
  const client = started.use(createApiClient(access, 1));
  const etcd = started.use(await run('etcd', etcdArguments(files, ports), { logLine: /ready to serve/ }));
  const forNodes = options.addressForNodes;
  const apiServerLine = [...apiServerArguments(files, ports, forNodes), ...(options.apiServerArguments ?? [])];
  const apiServer = started.use(await run('kube-apiserver', apiServerLine, answers(client, '/readyz')));
  // Pods need this account, and the controllers make it when they have started.
  const account = answers(client, '/api/v1/namespaces/default/serviceaccounts/default');
  const controllerManager = started.use(
    await run('kube-controller-manager', controllerManagerArguments(files, forNodes), account),
  );
  if (options.scheduler) {
    started.use(await run('kube-scheduler', schedulerArguments(files), { logLine: /Starting Kubernetes Scheduler/ }));
  }
  const processes = started.move();
  const dispose = () => processes.disposeAsync();
  const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
  const servers = { etcd, apiServer, controllerManager };
  return { access, files, etcdUrl, ...servers, [Symbol.asyncDispose]: dispose };
}

function runIn(program: string, directory: string): Run {
  return (component, args, ready) => {
    const command = { name: component, command: program, args: [component, ...args] };
    const logFile = join(directory, `${component}.log`);
    return RestartableServer.start(() =>
      startServerProcess({ ...command, logFile, ready, readyTimeoutMs, killAfterMs }),
    );
  };
}

function answers(client: ApiClient, path: string): ServerProcessOptions['ready'] {
  return { probe: async (signal) => (await client.call({ method: 'GET', path, signal })).status === 200 };
}
