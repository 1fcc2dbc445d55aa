/**
 * A signal that aborts when another one does, or when the time is up (with a TimeoutError), until it is disposed of.
 *
 * `AbortSignal.any` with `AbortSignal.timeout` keeps its timer, and all that hangs on it, until the time is up, however
 * early the work was done. The time limit keeps no process alive.
 */
export class TimeLimit implements Disposable {
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #abort = () => this.#controller.abort(this.#outer.reason);

  constructor(outer: AbortSignal, limitMs: number) {
    this.#outer = outer;
    this.#timer = setTimeout(() => {
      this.#controller.abort(new DOMException(`it took longer than ${limitMs} ms`, 'TimeoutError'));
    }, limitMs).unref();
    if (outer.aborted) this.#abort();
    outer.addEventListener('abort', this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }
}
