import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck, HealthResult } from './http/health-check.ts';
import type { Logger } from './log.ts';
import { unlessAborted } from './unless-aborted.ts';

/** With `forbidsLeading` it is no outage that may pass: who leads has to stop at once. */
export type PrerequisiteResult = HealthResult & { readonly forbidsLeading?: boolean };

/** Something that must be in order before this replica may lead. */
export interface Prerequisite {
  readonly name: string;
  /** Asks now; must end by itself. Throwing is a "no" with the error's message. */
  probe(signal: AbortSignal): Promise<PrerequisiteResult>;
}

/** With the longest request still less than the trouble that ends a term: one that hangs may be asked again. */
const whenReadyMs = 4_000;
const whenNotMs = 500;

interface Answer {
  readonly result: PrerequisiteResult;
  /** When it was in order last, monotonic milliseconds; when it was first asked, if never. */
  readonly lastOkMs: number;
}

/**
 * Asks the prerequisites again and again, and keeps the answers: for the health server, for campaigns, and for a leader,
 * which must not hold on to a lead that it cannot use.
 *
 * A replica that waits is as ready as one that leads.
 */
export class Readiness {
  readonly #prerequisites: readonly Prerequisite[];
  readonly #log: Logger;
  readonly #answers = new Map<string, Answer>();
  readonly #allAnswered = Promise.withResolvers<void>();

  constructor(prerequisites: readonly Prerequisite[], log: Logger) {
    this.#prerequisites = prerequisites;
    this.#log = log;
  }

  /** Resolves once each prerequisite has answered, whatever it said, or the signal has aborted. */
  async answered(signal: AbortSignal): Promise<void> {
    await unlessAborted(this.#allAnswered.promise, signal).catch(() => {}); // whoever waits sees the signal for itself
  }

  /** What is not in order, in one line; undefined when everything is. */
  obstacle(): string | undefined {
    const faults = this.checks().flatMap(({ name, check }) => {
      const result = check();
      return result.ok ? [] : [`${name}: ${result.detail}`];
    });
    return faults.length === 0 ? undefined : faults.join('; ');
  }

  /** How long something has been out of order without a break, milliseconds; for ever where it forbids leading. */
  troubleMs(): number {
    const nowMs = performance.now();
    const troubles = [...this.#answers.values()].filter(({ result }) => !result.ok);
    const sinceMs = ({ result, lastOkMs }: Answer) =>
      result.forbidsLeading ? Number.POSITIVE_INFINITY : nowMs - lastOkMs;
    return Math.max(0, ...troubles.map(sinceMs));
  }

  checks(): readonly HealthCheck[] {
    return this.#prerequisites.map(({ name }) => ({
      name,
      check: () => this.#answers.get(name)?.result ?? { ok: false, detail: 'has not answered yet' },
    }));
  }

  /** Asks until the signal aborts; each prerequisite by itself, so that one which hangs does not hide another. */
  async watch(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#prerequisites.map((prerequisite) => this.#ask(prerequisite, signal)));
  }

  async #ask(prerequisite: Prerequisite, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const result = await probe(prerequisite, signal);
      if (signal.aborted) return;
      this.#note(prerequisite.name, result);
      await sleep(result.ok ? whenReadyMs : whenNotMs, undefined, { signal }).catch(() => {}); // a stop ends the loop
    }
  }

  #note(name: string, result: PrerequisiteResult): void {
    const before = this.#answers.get(name);
    const nowMs = performance.now();
    this.#answers.set(name, { result, lastOkMs: result.ok ? nowMs : (before?.lastOkMs ?? nowMs) });
    if (this.#answers.size === this.#prerequisites.length) this.#allAnswered.resolve();
    if (!result.ok && before?.result.detail !== result.detail)
      this.#log.warn({ check: name, detail: result.detail }, 'not ready');
    if (result.ok && before && !before.result.ok) this.#log.info({ check: name }, 'ready again');
  }
}

async function probe(prerequisite: Prerequisite, signal: AbortSignal): Promise<PrerequisiteResult> {
  try {
    return await unlessAborted(prerequisite.probe(signal), signal);
  } catch (error) {
    // A server that is away is what this is here to tell.
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
