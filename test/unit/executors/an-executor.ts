import type { Executor } from '../../../src/executors/executor.ts';
import {
  type ApiClient,
  type ApiClientOptions,
  createApiClient,
} from '../../../src/executors/kubernetes/api-client.ts';
import { createKubernetesExecutor } from '../../../src/executors/kubernetes/kubernetes-executor.ts';
import { aPolicy } from '../../support/builders.ts';
import { aMemoryLog, type MemoryLog } from '../../support/memory-log.ts';
import {
  type ReceivedRequest,
  type Script,
  type ScriptedAnswer,
  type ScriptedApiServer,
  startScriptedApiServer,
} from '../../support/scripted-api-server.ts';

export interface TestExecutor extends AsyncDisposable {
  readonly server: ScriptedApiServer;
  readonly client: ApiClient;
  readonly executor: Executor;
  readonly memoryLog: MemoryLog;
  /** How many requests of this method the server got. */
  count(method: string): number;
}

/** A client of a server that answers what the script says. */
export async function aClient(script: Script, options: Partial<ApiClientOptions> = {}) {
  const server = await startScriptedApiServer(script);
  const client = await createApiClient({
    access: { source: 'kubeconfig', path: server.kubeconfigPath },
    ...{ requestConnections: 4, watchConnections: 2, requestTimeoutMs: 5_000, userAgent: () => 'nightwatch/test' },
    ...options,
  });
  return {
    ...{ server, client },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The Kubernetes executor on a server that answers what the script says. */
export async function anExecutor(script: Script, options: Partial<ApiClientOptions> = {}): Promise<TestExecutor> {
  const { server, client, [Symbol.asyncDispose]: dispose } = await aClient(script, options);
  const memoryLog = aMemoryLog();
  const executor = createKubernetesExecutor({
    client,
    installationId: aPolicy().installationId,
    log: memoryLog.log,
  });
  const count = (method: string) => server.requests.filter((request) => request.method === method).length;
  return { server, client, executor, memoryLog, count, [Symbol.asyncDispose]: dispose };
}

/** Answers by method; the answers of one method are given in turn, the last again and again. */
export function byMethod(answers: Readonly<Record<string, readonly ScriptedAnswer[]>>): Script {
  const given = new Map<string, number>();
  return ({ method }: ReceivedRequest) => {
    const index = given.get(method) ?? 0;
    given.set(method, index + 1);
    const inTurn = answers[method] ?? [];
    return inTurn[Math.min(index, inTurn.length - 1)] ?? { status: 405 };
  };
}

/** A signal that ends a test's request in any case. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}
