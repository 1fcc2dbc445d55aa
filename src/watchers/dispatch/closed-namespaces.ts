import type { Wait } from '../../executors/executor.ts';

/** Namespaces in which nothing can be created now: their rows wait without a request each. */
export class ClosedNamespaces {
  readonly #closures = new Map<string, { readonly untilMs: number; readonly wait: Wait }>();

  /** Closes one for as long as a create in it is to wait at least. */
  close(namespace: string, wait: Wait): void {
    this.#closures.set(namespace, { untilMs: performance.now() + wait.shortestMs, wait });
  }

  /** What a row of the namespace is to wait for; undefined where it is open. */
  closureOf(namespace: string): Wait | undefined {
    const closure = this.#closures.get(namespace);
    return closure && closure.untilMs > performance.now() ? closure.wait : undefined;
  }
}
