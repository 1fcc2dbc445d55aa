import type { HealthResult } from '../../http/health-check.ts';

/** What an operator should know beside the namespaces in trouble. */
export interface Findings {
  readonly brakes: readonly string[];
  /** Why rows cannot be claimed, when they cannot. */
  readonly claims: readonly string[];
  /** Why rows cannot be written, when they cannot. */
  readonly writes: readonly string[];
  /** Where pods cannot be followed, and why: rows say less there. */
  readonly pods: readonly string[];
  /** Jobs that run and that no row carries. */
  readonly orphans: number;
}

/** How one namespace stands. */
interface Standing {
  /** What keeps it from being followed; undefined when nothing does. */
  readonly trouble: string | undefined;
  /** When the trouble began or ended, monotonic milliseconds; other words for it begin no new one. */
  readonly sinceMs: number;
}

const nothingFound: Findings = { brakes: [], claims: [], writes: [], pods: [], orphans: 0 };

/** How the observation of Jobs stands, for readiness: a namespace in trouble is told, and does not make the rest unready. */
export class ObservationState {
  readonly #standings = new Map<string, Standing>();
  readonly #monotonicMs: () => number;
  #findings = nothingFound;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  note(namespace: string, trouble: string | undefined): void {
    const before = this.#standings.get(namespace);
    const isStill = before !== undefined && (before.trouble === undefined) === (trouble === undefined);
    this.#standings.set(namespace, { trouble, sinceMs: isStill ? before.sinceMs : this.#monotonicMs() });
  }

  /** What has kept a namespace from being followed for at least so long; undefined when nothing has. */
  troubleOf(namespace: string, forMs: number): string | undefined {
    const standing = this.#standings.get(namespace);
    return standing && this.#monotonicMs() - standing.sinceMs >= forMs ? standing.trouble : undefined;
  }

  /** Whether nothing keeps it from being followed; false too while nothing was tried yet. */
  isFollowed(namespace: string): boolean {
    const standing = this.#standings.get(namespace);
    return standing !== undefined && standing.trouble === undefined;
  }

  /** Notes what one watcher found; what others found stays. */
  noteFindings(findings: Partial<Findings>): void {
    this.#findings = { ...this.#findings, ...findings };
  }

  clear(): void {
    this.#standings.clear();
    this.#findings = nothingFound;
  }

  report(): HealthResult {
    const inTrouble = [...this.#standings].filter(([, { trouble }]) => trouble !== undefined);
    const { brakes, claims, writes, pods, orphans } = this.#findings;
    const words = [
      `${this.#standings.size - inTrouble.length} namespaces are followed`,
      ...brakes,
      ...claims,
      ...writes,
      ...pods,
      ...(orphans > 0 ? [`${orphans} jobs run that no row carries`] : []),
      ...inTrouble.map(([namespace, { trouble }]) => `${namespace}: ${trouble}`),
    ];
    return { ok: true, detail: words.join('; ') };
  }
}
