import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeKubeconfig } from './api-access.ts';
import { scratchDirectory } from './scratch.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/** A request as the server got it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<IncomingMessage['headers']>;
  readonly body: string;
}

/** What is answered to a request; objects are sent as JSON. `reset` breaks the connection off without an answer. */
export type ScriptedAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly stream: (response: ServerResponse) => void | Promise<void> }
  | 'reset';

export type Script = (request: ReceivedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** An HTTPS server on this machine that answers what the test says, with a kubeconfig that leads to it. */
export interface ScriptedApiServer extends AsyncDisposable {
  readonly kubeconfigPath: string;
  readonly requests: readonly ReceivedRequest[];
  /** How many connections were made to it so far. */
  readonly connections: number;
  /** Replaces the token of the kubeconfig. */
  rotateToken(token: string): Promise<void>;
}

const { key, certificate } = selfSignedCertificate();

export async function startScriptedApiServer(script: Script): Promise<ScriptedApiServer> {
  const requests: ReceivedRequest[] = [];
  let connections = 0;
  const server = createServer({ key, cert: certificate }, (message, response) => {
    response.on('error', () => {}); // a client that has gone is no fault of the server
    answer(message, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = message;
    const request = { method, path, headers, body: await text(message) };
    requests.push(request);
    await send(response, await script(request));
  }
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const directory = await scratchDirectory('api-server');
  const url = `https://127.0.0.1:${address.port}`;
  const rotateToken = async (token: string) => {
    await writeKubeconfig(join(directory.path, 'config'), { server: url, certificateAuthority: certificate, token });
  };
  await rotateToken('first-token');
  return {
    ...{ kubeconfigPath: join(directory.path, 'config'), requests, rotateToken },
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function send(response: ServerResponse, answer: ScriptedAnswer): Promise<void> {
  if (answer === 'reset') {
    response.socket?.destroy();
    return;
  }
  if ('stream' in answer) {
    await answer.stream(response);
    return;
  }
  const { status, body = '', headers = {} } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
