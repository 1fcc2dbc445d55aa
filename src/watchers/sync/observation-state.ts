import type { HealthResult } from '../../http/health-check.ts';

/** What an operator should know beside the namespaces in trouble. */
export interface Findings {
  readonly brakes: readonly string[];
  /** Why rows cannot be written, when they cannot. */
  readonly writes: readonly string[];
  /** Jobs that run and that no row carries. */
  readonly orphans: number;
}

const nothingFound: Findings = { brakes: [], writes: [], orphans: 0 };

/** How the observation of Jobs stands, for readiness: a namespace in trouble is told, and does not make the rest unready. */
export class ObservationState {
  readonly #troubles = new Map<string, string | undefined>();
  #findings = nothingFound;

  note(namespace: string, trouble: string | undefined): void {
    this.#troubles.set(namespace, trouble);
  }

  /** What keeps a namespace from being followed; undefined when nothing does, or nothing was tried yet. */
  troubleOf(namespace: string): string | undefined {
    return this.#troubles.get(namespace);
  }

  noteFindings(findings: Findings): void {
    this.#findings = findings;
  }

  clear(): void {
    this.#troubles.clear();
    this.#findings = nothingFound;
  }

  report(): HealthResult {
    const inTrouble = [...this.#troubles].filter(([, trouble]) => trouble !== undefined);
    const { brakes, writes, orphans } = this.#findings;
    const words = [
      `${this.#troubles.size - inTrouble.length} namespaces are followed`,
      ...brakes,
      ...writes,
      ...(orphans > 0 ? [`${orphans} jobs run that no row carries`] : []),
      ...inTrouble.map(([namespace, trouble]) => `${namespace}: ${trouble}`),
    ];
    return { ok: true, detail: words.join('; ') };
  }
}
