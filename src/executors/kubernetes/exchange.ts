import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** What was answered; the body is empty where somebody else was told it. */
export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  /** Told the body of a 2xx answer as it comes, which is not kept then. Must not throw. */
  readonly onBytes?: ((bytes: Buffer) => void) | undefined;
}

/**
 * Sends a request and reads its whole answer; rejects with the signal's reason as soon as that aborts.
 *
 * By undici's `dispatch`, on which its `request` stands: the stream that this makes of every body, to be read to its end at
 * once, cost as much as all else about a request.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  options: ExchangeOptions,
): Promise<Exchanged> {
  if (options.signal.aborted) return Promise.reject(options.signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
  dispatcher.dispatch(request, new AnswerReader(options, resolve, reject));
  return promise;
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (answer: Exchanged) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #chunks: Buffer[] = [];
  /** There is none before the request has a connection. */
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #isTold: boolean = false;

  constructor(options: ExchangeOptions, resolve: (answer: Exchanged) => void, reject: (reason: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    options.signal.addEventListener('abort', this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#options.signal.aborted) this.#abort();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    this.#isTold = this.#options.onBytes !== undefined && status >= 200 && status < 300;
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#isTold) {
      this.#chunks.push(bytes);
      return;
    }
    this.#options.onBytes?.(bytes);
    // A chunk a turn of the event loop: a page that has come at once holds nobody up.
    controller.pause();
    setImmediate(() => controller.resume());
  }

  onResponseEnd(): void {
    this.#settle();
    const [first = Buffer.of(), ...others] = this.#chunks;
    const bytes = others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body: bytes.toString() });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#settle();
    this.#reject(error);
  }

  readonly #abort = (): void => {
    const { reason } = this.#options.signal;
    this.#settle();
    this.#reject(reason);
    this.#controller?.abort(reason instanceof Error ? reason : new Error(String(reason)));
  };

  #settle(): void {
    this.#options.signal.removeEventListener('abort', this.#abort);
  }
}
