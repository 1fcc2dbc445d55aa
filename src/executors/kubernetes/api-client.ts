import type { Readable } from 'node:stream';
import type { Pool } from 'undici';
import type { KubernetesAccess } from '../../config/kubernetes-access.ts';
import { unlessAborted } from '../../unless-aborted.ts';
import { type Connection, type ConnectionOptions, connect, headersOf } from './connection.ts';
import { exchange } from './exchange.ts';
import { type KubeCredentials, loadKubeCredentials } from './kube-credentials.ts';

export interface ApiClientOptions extends ConnectionOptions {
  readonly access: KubernetesAccess;
  /** Called for each request: it names the replica and the epoch, so that an audit log tells terms apart. */
  readonly userAgent: () => string;
}

export interface ApiRequest {
  /** A PATCH is a JSON merge patch (RFC 7386). */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the root, with its query: `/apis/batch/v1/…`. */
  readonly path: string;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Told the body of a 2xx answer as it comes, which is not kept then. Must not throw. */
  readonly onBytes?: (bytes: Buffer) => void;
}

export interface ApiAnswer {
  readonly status: number;
  /** Empty where `onBytes` was told it. */
  readonly body: string;
  /** From the Retry-After header, milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** When the server answered, by its own clock, milliseconds since 1970. */
  readonly dateMs?: number | undefined;
}

/** An answer whose body goes on and on. */
export interface ApiStream {
  readonly status: number;
  readonly body: Readable;
}

/** No answer: the request may or may not have been carried out. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Requests to the API server over connections that are kept. */
export interface ApiClient extends AsyncDisposable {
  /** @throws {NoAnswerError}, or the signal's reason when that aborted */
  request(request: ApiRequest): Promise<ApiAnswer>;
  /** Opens a watch: a stream of bytes that ends when the server, the network or the signal ends it. */
  stream(path: string, signal: AbortSignal): Promise<ApiStream>;
  /** As a request, for an answer that may be too large to be held whole. */
  download(path: string, signal: AbortSignal): Promise<ApiStream>;
}

interface StreamRequest {
  readonly path: string;
  /** How long it may be silent, milliseconds; 0 for as long as it likes. */
  readonly bodyTimeout: number;
  readonly signal: AbortSignal;
}

const reloadAfterMs = 30_000;
/** A pool whose requests time out this often in a row may sit on half-open connections. */
const timeoutsBeforeReplacement = 3;

/** Loads the credentials once; a source that cannot be used throws here, at the start, and not at the first request. */
export async function createApiClient(options: ApiClientOptions): Promise<ApiClient> {
  return new PooledApiClient(options, await loadKubeCredentials(options.access));
}

class PooledApiClient implements ApiClient {
  readonly #options: ApiClientOptions;
  #connection: Connection;
  #loadedAtMs = performance.now();
  #timeouts = 0;

  constructor(options: ApiClientOptions, credentials: KubeCredentials) {
    this.#options = options;
    this.#connection = connect(credentials, options);
  }

  async request(request: ApiRequest): Promise<ApiAnswer> {
    const { signal } = request;
    signal.throwIfAborted();
    const connection = await this.#current(signal);
    try {
      const answer = await this.#send(connection, request);
      this.#timeouts = 0;
      if (answer.status !== 401) return answer;
      return await this.#send(await unlessAborted(this.#reload(), signal), request);
    } catch (error) {
      signal.throwIfAborted();
      this.#noteFailure(connection);
      throw new NoAnswerError(`no answer from the API server: ${wordsOf(error)}`, { cause: error });
    }
  }

  stream(path: string, signal: AbortSignal): Promise<ApiStream> {
    return this.#open(({ watches }) => watches, { path, bodyTimeout: 0, signal });
  }

  download(path: string, signal: AbortSignal): Promise<ApiStream> {
    return this.#open(({ requests }) => requests, { path, bodyTimeout: this.#options.requestTimeoutMs, signal });
  }

  async #open(poolOf: (connection: Connection) => Pool, stream: StreamRequest): Promise<ApiStream> {
    const { signal } = stream;
    signal.throwIfAborted();
    const opening = this.#stream(poolOf, stream);
    try {
      return await unlessAborted(opening, signal);
    } catch (error) {
      opening.then(({ body }) => body.destroy()).catch(() => {}); // nobody reads it any more
      throw error;
    }
  }

  async #stream(
    poolOf: (connection: Connection) => Pool,
    { path, bodyTimeout, signal }: StreamRequest,
  ): Promise<ApiStream> {
    const connection = await this.#current(signal);
    const { credentials } = connection;
    try {
      const answer = await poolOf(connection).request({
        method: 'GET',
        path: credentials.basePath + path,
        headers: headersOf(credentials, this.#options.userAgent()),
        ...{ signal, bodyTimeout },
      });
      return { status: answer.statusCode, body: answer.body };
    } catch (error) {
      signal.throwIfAborted();
      throw new NoAnswerError(`no answer from the API server: ${wordsOf(error)}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#connection.requests.destroy(), this.#connection.watches.destroy()]);
  }

  #current(signal: AbortSignal): Connection | Promise<Connection> {
    const isFresh = performance.now() - this.#loadedAtMs < reloadAfterMs;
    return isFresh ? this.#connection : unlessAborted(this.#reload(), signal);
  }

  /** Credentials are read again every half minute and after a 401; connections only when the CA, certificate or server changed. */
  async #reload(): Promise<Connection> {
    this.#loadedAtMs = performance.now();
    const known = this.#connection.credentials;
    // A file that is just being replaced is read again in half a minute.
    const credentials = await loadKubeCredentials(this.#options.access).catch(() => known);
    if (credentials.fingerprint === known.fingerprint) this.#connection = { ...this.#connection, credentials };
    else this.#replace(credentials);
    return this.#connection;
  }

  /** Only failures of the pool that is in use count: those of one that was replaced say nothing of the new one. */
  #noteFailure({ requests, credentials }: Connection): void {
    if (requests !== this.#connection.requests) return;
    this.#timeouts += 1;
    if (this.#timeouts < timeoutsBeforeReplacement) return;
    this.#timeouts = 0;
    this.#replace(credentials);
  }

  #replace(credentials: KubeCredentials): void {
    const { requests, watches } = this.#connection;
    this.#connection = connect(credentials, this.#options);
    // Requests in flight may still be answered, and have a time-out; a watch is taken up again at once.
    requests.close().catch(() => {});
    watches.destroy().catch(() => {});
  }

  async #send({ requests, credentials }: Connection, request: ApiRequest): Promise<ApiAnswer> {
    const { method, path, body = null } = request;
    const headers = headersOf(credentials, this.#options.userAgent());
    if (method === 'PATCH') headers['content-type'] = 'application/merge-patch+json';
    const answer = await exchange(requests, { method, path: credentials.basePath + path, headers, body }, request);
    const retryAfter = Number(answer.headers['retry-after']);
    const date = Date.parse(String(answer.headers.date));
    return {
      ...{ status: answer.status, body: answer.body },
      retryAfterMs: retryAfter > 0 ? retryAfter * 1_000 : undefined,
      dateMs: Number.isNaN(date) ? undefined : date,
    };
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? `${error.message} (${String(error.code)})` : error.message;
}
