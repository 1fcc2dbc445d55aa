import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck, HealthResult } from './http/health-check.ts';
import type { Logger } from './log.ts';

/** Something that must be in order before this replica may lead. */
export interface Prerequisite {
  readonly name: string;
  /** Asks now; must end by itself. Throwing is a "no" with the error's message. */
  probe(signal: AbortSignal): Promise<HealthResult>;
}

const whenReadyMs = 3_000;
const whenNotMs = 500;

/**
 * Asks the prerequisites again and again, and keeps the answers for the health server.
 *
 * A leader's readiness is the same as a follower's: a replica that waits is as ready as one that leads.
 */
export class Readiness {
  readonly #prerequisites: readonly Prerequisite[];
  readonly #log: Logger;
  readonly #results = new Map<string, HealthResult>();
  #changed = Promise.withResolvers<void>();

  constructor(prerequisites: readonly Prerequisite[], log: Logger) {
    this.#prerequisites = prerequisites;
    this.#log = log;
  }

  get isReady(): boolean {
    return this.#prerequisites.every(({ name }) => this.#results.get(name)?.ok === true);
  }

  checks(): readonly HealthCheck[] {
    return this.#prerequisites.map(({ name }) => ({ name, check: () => this.#results.get(name) ?? { ok: false, detail: 'not asked yet' } }));
  }

  /** Resolves once all are in order; rejects with the signal's reason. */
  async untilReady(signal: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
    try {
      signal.throwIfAborted();
      while (!this.isReady) await Promise.race([this.#changed.promise, promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Asks until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all(this.#prerequisites.map((prerequisite) => this.#ask(prerequisite, signal)));
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
      await sleep(this.isReady ? whenReadyMs : whenNotMs, undefined, { signal }).catch(() => {}); // a stop ends the loop
    }
  }

  async #ask({ name, probe }: Prerequisite, signal: AbortSignal): Promise<void> {
    const before = this.#results.get(name);
    const result = await probe(signal).catch((error: unknown): HealthResult => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }));
    if (signal.aborted) return;
    this.#results.set(name, result);
    if (!result.ok && before?.detail !== result.detail) this.#log.warn({ check: name, detail: result.detail }, 'not ready');
    if (result.ok && before && !before.ok) this.#log.info({ check: name }, 'ready again');
  }
}
