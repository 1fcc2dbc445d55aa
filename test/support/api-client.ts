import { Agent, type Dispatcher } from 'undici';
import type { ApiAccess } from './api-access.ts';

const headersTimeoutMs = 15_000;

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the first slash on, with the query. */
  readonly path: string;
  readonly body?: unknown;
  /** `application/json` unless told. */
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  /** HTTP status; refusals are answers too. */
  readonly status: number;
  /** Parsed JSON, or the text itself when it is not JSON. */
  readonly body: unknown;
}

/** Calls an API server as one identity over a bounded number of connections. */
export interface ApiClient extends AsyncDisposable {
  /** Waits for a free connection, then up to 15 s for the answer. Throws when there is none. */
  call(call: ApiCall): Promise<ApiAnswer>;
  /** Yields the parsed lines of a watch until the server ends it. Throws when it is refused or breaks off. */
  watch(path: string, idleTimeoutMs: number, signal: AbortSignal): AsyncIterable<unknown>;
}

/** A watch that the server did not accept. */
export class WatchRefusedError extends Error {
  override readonly name = 'WatchRefusedError';
}

/** Makes a client; calls beyond the number of connections wait in line. A watch holds one connection. */
export function createApiClient(access: ApiAccess, connections: number): ApiClient {
  // HTTP/1.1: a paused server must not leave behind a shared session that every later call hangs on.
  const connect = { ca: access.certificateAuthority };
  const agent = new Agent({ connections, connect, allowH2: false, headersTimeout: headersTimeoutMs });
  const request = (options: Omit<Dispatcher.RequestOptions, 'origin'>) => {
    const headers = { authorization: `Bearer ${access.token}`, ...options.headers };
    return agent.request({ ...options, origin: access.server, headers });
  };
  return {
    async call({ method, path, body, contentType = 'application/json', signal }) {
      const payload = body === undefined ? null : JSON.stringify(body);
      const answer = await request({ method, path, body: payload, headers: { 'content-type': contentType }, signal });
      return { status: answer.statusCode, body: parseBody(await answer.body.text()) };
    },
    async *watch(path, idleTimeoutMs, signal) {
      const answer = await request({ method: 'GET', path, bodyTimeout: idleTimeoutMs, signal });
      if (answer.statusCode !== 200) {
        throw new WatchRefusedError(`${path}: ${answer.statusCode} ${await answer.body.text()}`);
      }
      yield* jsonLines(answer.body);
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The health endpoints answer in plain words.
    return text;
  }
}

async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncIterable<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
