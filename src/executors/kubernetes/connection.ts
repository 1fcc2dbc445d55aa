import { Pool } from 'undici';
import type { KubeCredentials } from './kube-credentials.ts';

export interface ConnectionOptions {
  /** Requests in flight at most; more would wait inside the client, where no one checks whether the term may act. */
  readonly requestConnections: number;
  /** Each watch holds a connection. */
  readonly watchConnections: number;
  readonly requestTimeoutMs: number;
}

/** The way to the API server with one set of credentials. */
export interface Connection {
  readonly credentials: KubeCredentials;
  readonly requests: Pool;
  readonly watches: Pool;
}

/** Connects nothing yet: the first request does. */
export function connect(credentials: KubeCredentials, options: ConnectionOptions): Connection {
  const pool = (connections: number) =>
    new Pool(credentials.origin, {
      connections,
      pipelining: 1,
      // One HTTP/2 connection that is half open holds up every request behind it; a pool of HTTP/1.1 ones recovers.
      allowH2: false,
      connect: { ...credentials.tls, timeout: 3_000, keepAlive: true, keepAliveInitialDelay: 30_000 },
      headersTimeout: options.requestTimeoutMs,
      bodyTimeout: options.requestTimeoutMs,
      keepAliveTimeout: 60_000,
    });
  return { credentials, requests: pool(options.requestConnections), watches: pool(options.watchConnections) };
}

/** The headers of a request as JSON. */
export function headersOf(credentials: KubeCredentials, userAgent: string): Record<string, string> {
  return {
    ...credentials.headers,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': userAgent,
  };
}
