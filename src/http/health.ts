import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HttpAddress } from '../config/http-address.ts';
import type { Logger } from '../log.ts';
import type { HealthCheck } from './health-check.ts';
import { healthReport } from './health-report.ts';

export interface HealthServerOptions {
  /** Port 0 takes any that is free. */
  readonly address: HttpAddress;
  /** `/livez`: when one fails, the process is to be restarted. */
  readonly liveness: readonly HealthCheck[];
  /** `/readyz`: when one fails, the service cannot do its work now. */
  readonly readiness: readonly HealthCheck[];
  readonly log: Pick<Logger, 'warn'>;
}

/** A running health server; disposal closes it and every connection. */
export interface HealthServer extends AsyncDisposable {
  /** With the actual port. */
  readonly address: HttpAddress;
}

/** Serves `/livez` and `/readyz` as plain text; throws a {@link HealthServerError} when it cannot listen. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { address, log } = options;
  const server = createServer(limits, (request, response) => answer(options, request, response));
  server.maxConnections = mostConnections;
  await listen(server, address);
  // From here on a fault of the server must not end the process: health is not worth more than the work.
  server.on('error', (error) => log.warn({ err: error }, 'health server failed'));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  return { address: { host: address.host, port }, [Symbol.asyncDispose]: () => close(server) };
}

/** The health server could not be started; the cause says why. */
export class HealthServerError extends Error {
  override readonly name = 'HealthServerError';
}

const endpoints = ['livez', 'readyz'] as const;
// The port is open to the whole network of the cluster: a slow or greedy client must cost next to nothing.
const mostConnections = 100;
const limits = {
  headersTimeout: 2_000,
  requestTimeout: 2_000,
  keepAliveTimeout: 5_000,
  // As seldom as will do: a replica that waits does little else than wake up for this.
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 8 * 1024,
};

function answer(options: HealthServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const [path, query = ''] = (request.url ?? '').split('?', 2);
  const endpoint = endpoints.find((known) => path === `/${known}`);
  if (endpoint === undefined) {
    send(response, 404, 'not found: there are /livez and /readyz\n');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    send(response, 405, 'method not allowed\n');
  } else {
    const checks = endpoint === 'livez' ? options.liveness : options.readiness;
    const { status, text } = healthReport(endpoint, checks, new URLSearchParams(query).has('verbose'));
    send(response, status, text);
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(text);
}

async function listen(server: Server, { host, port }: HttpAddress): Promise<void> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    throw new HealthServerError(`cannot listen on ${host}:${port} for health checks`, { cause: error });
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
