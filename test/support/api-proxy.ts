import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Cluster } from './cluster.ts';
import type { LineFate } from './event-lines.ts';
import { type Interception, Interceptions, type ProxiedRequest, type Treatment } from './interception.ts';
import { ProxiedWatches } from './proxied-watches.ts';

/**
 * A proxy in front of the API server of a cluster of our own, which shows the same certificate.
 *
 * What it sees as single requests it can treat one by one: hold, answer itself, forward and lose the answer.
 */
export interface ApiProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  /** A kubeconfig file of the account `nightwatch` that leads through the proxy. */
  readonly kubeconfig: string;
  /** Treats the next requests that match so, `count` of them (all unless told), until it is stopped; the latest goes first. */
  intercept(matches: (request: ProxiedRequest) => boolean, treatment: Treatment, count?: number): Interception;
  /** Watches that are open now. */
  readonly watches: number;
  /** Ends the connections of the watches that are open now; new ones are served. */
  cutWatches(): void;
  /** From now on watches, also those that are open, say nothing, and are not closed. */
  silenceWatches(): void;
  /** Ends the silence: what was held back of open watches comes now. */
  passWatches(): void;
  /** From now on asks for each event of a watch, a line of JSON, what becomes of it; undefined: all pass. */
  disturbWatches(fateOf: ((event: string) => LineFate) | undefined): void;
  /** Shows another certificate to whoever connects from now on, and ends the connections that there are. */
  showCertificate(certificate: { readonly cert: string; readonly key: string }): void;
}

/** Whether a request creates a Job. */
export function createsJob({ method, path }: ProxiedRequest): boolean {
  return method === 'POST' && /^\/apis\/batch\/v1\/namespaces\/[^/]+\/jobs(\?|$)/.test(path);
}

/** Whether a request opens a watch. */
function opensWatch({ method, path }: ProxiedRequest): boolean {
  return method === 'GET' && /[?&]watch=(1|true)/.test(path);
}

/** Whether a request opens a watch of Jobs; that of pods, where there is one, is opened at about the same time. */
export function opensJobWatch(request: ProxiedRequest): boolean {
  return opensWatch(request) && /\/jobs\?/.test(request.path);
}

const kubeconfigFile = z.looseObject({
  clusters: z.array(
    z.looseObject({ cluster: z.looseObject({ server: z.string(), 'tls-server-name': z.string().optional() }) }),
  ),
});

/** Starts a proxy; throws an ExternalClusterError when the cluster is not our own. */
export async function startApiProxy(cluster: Cluster): Promise<ApiProxy> {
  const { access, files } = cluster.controlPlane;
  // The serving certificate is for the address, whatever the port.
  const [cert, key] = await Promise.all([
    readFile(join(files.directory, 'apiserver.crt')),
    readFile(join(files.directory, 'apiserver.key')),
  ]);
  const forwarder = new Forwarder(access.server, access.certificateAuthority);
  const server = createServer({ cert, key }, (request, response) => void forwarder.serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { watches } = forwarder;
  return {
    port,
    kubeconfig: await kubeconfigVia(await cluster.kubeconfigFor(), `https://127.0.0.1:${port}`),
    intercept: (matches, treatment, count) => forwarder.interceptions.add(matches, treatment, count),
    get watches() {
      return watches.size;
    },
    cutWatches: () => watches.cut(),
    silenceWatches: () => watches.silence(),
    passWatches: () => watches.pass(),
    disturbWatches: (fateOf) => watches.disturb(fateOf),
    showCertificate(certificate) {
      // A session of before would be taken up again without a look at the certificate.
      server.setSecureContext({ ...certificate, ticketKeys: randomBytes(48) });
      server.closeAllConnections();
    },
    async [Symbol.asyncDispose]() {
      forwarder.interceptions.stop();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      forwarder[Symbol.dispose]();
    },
  };
}

/** Rewrites a kubeconfig file so that it leads to another address of the same server; returns its path. */
export async function kubeconfigVia(path: string, address: string): Promise<string> {
  const kubeconfig = kubeconfigFile.parse(JSON.parse(await readFile(path, 'utf8')));
  for (const { cluster } of kubeconfig.clusters) {
    cluster.server = address;
    // The certificate is for that address and for this name.
    if (new URL(address).hostname !== '127.0.0.1') cluster['tls-server-name'] = 'localhost';
  }
  await writeFile(path, JSON.stringify(kubeconfig));
  return path;
}

class Forwarder implements Disposable {
  readonly interceptions = new Interceptions();
  readonly watches = new ProxiedWatches();
  readonly #target: URL;
  readonly #agent: Agent;

  constructor(target: string, certificateAuthority: string) {
    this.#target = new URL(target);
    this.#agent = new Agent({ ca: certificateAuthority, keepAlive: true });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const proxied = { method: request.method ?? '', path: request.url ?? '', body: await bodyOf(request) };
      await this.#treat(proxied, request, response);
    } catch {
      // The client has gone, or the server is away: the other side sees what it would see without a proxy.
      response.destroy();
    }
  }

  async #treat(proxied: ProxiedRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const interception = this.interceptions.take(proxied);
    const treatment = interception?.treatment;
    if (treatment?.kind === 'answer') {
      response.writeHead(treatment.status, { 'content-type': 'application/json', ...treatment.headers });
      response.end(treatment.body ?? '');
      return;
    }
    if (treatment?.kind === 'hold') await interception?.released;
    if (treatment?.kind === 'delay') await sleep(treatment.delayMs);
    const answer = await this.#forward(request, proxied.body);
    interception?.noteForwarded(answer.statusCode ?? 0);
    if (treatment?.kind === 'lose the answer') lose(answer, response, treatment.how);
    else this.#pass(proxied, answer, response);
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = request;
    const forwarded = httpsRequest({ hostname, port, method, path, headers, agent: this.#agent }, resolve);
    forwarded.on('error', reject);
    forwarded.end(body);
    return promise;
  }

  #pass(proxied: ProxiedRequest, answer: IncomingMessage, response: ServerResponse): void {
    response.writeHead(answer.statusCode ?? 0, answer.headers);
    answer.on('error', () => response.destroy());
    response.on('close', () => answer.destroy());
    if (opensWatch(proxied)) this.watches.serve(answer, response);
    else answer.pipe(response);
  }
}

function lose(answer: IncomingMessage, response: ServerResponse, how: 'end' | 'silence' | 'error'): void {
  answer.resume();
  if (how === 'end') response.destroy();
  if (how === 'error') response.writeHead(500).end('the proxy has lost the answer');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
