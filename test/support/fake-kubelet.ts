import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Cluster } from './cluster.ts';
import { nodeName } from './pod-writer.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/** What a container has written, or how the node answers instead. */
export type PodLog =
  | { readonly bytes: Buffer }
  | { readonly status: number; readonly body: string }
  | { readonly hangs: true };

/**
 * A node that has nothing but logs: the real API server asks it for them, as it asks a kubelet.
 *
 * The pods that the pod player has put on a node are on this one; only those have a log, whose life script has a `stop`.
 */
export interface FakeKubelet extends AsyncDisposable {
  /** Sets the log of the pods of a Job: text, or what is answered instead. */
  setLog(job: string, log: string | PodLog): void;
  /** Names of the pods whose log was asked for, in order. */
  readonly asked: readonly string[];
}

/** Starts it on this machine and makes the Node object that leads to it; one for each cluster. */
export async function startFakeKubelet({ kubectl }: Cluster): Promise<FakeKubelet> {
  const logs = new Map<string, PodLog>();
  const asked: string[] = [];
  const { key, certificate } = selfSignedCertificate();
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const { pod, tailLines } = readPath(request);
    asked.push(pod);
    const job = [...logs.keys()].find(
      (name) => pod.startsWith(`${name}-`) && !pod.slice(name.length + 1).includes('-'),
    );
    answer(response, logs.get(job ?? '') ?? { bytes: Buffer.alloc(0) }, tailLines);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } };
  await kubectl(['apply', '-f', '-'], JSON.stringify(node));
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  const patch = JSON.stringify({ status });
  await kubectl(['patch', 'node', nodeName, '--subresource=status', '--type=merge', '-p', patch]);
  return {
    asked,
    setLog: (job, log) => void logs.set(job, typeof log === 'string' ? { bytes: Buffer.from(log) } : log),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** `/containerLogs/<namespace>/<pod>/<container>?tailLines=…` */
function readPath(request: IncomingMessage): { readonly pod: string; readonly tailLines: number } {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://kubelet');
  return {
    pod: pathname.split('/')[3] ?? '',
    tailLines: Number(searchParams.get('tailLines') ?? Number.POSITIVE_INFINITY),
  };
}

function answer(response: ServerResponse, log: PodLog, tailLines: number): void {
  if ('hangs' in log) return;
  if ('status' in log) response.writeHead(log.status).end(log.body);
  else response.writeHead(200, { 'content-type': 'text/plain' }).end(lastLines(log.bytes, tailLines));
}

function lastLines(bytes: Buffer, count: number): Buffer {
  const newline = 0x0a;
  let from = bytes.length;
  for (let lines = 0; lines < count && from > 0; lines += 1) from = bytes.lastIndexOf(newline, from - 2) + 1;
  return bytes.subarray(from);
}
