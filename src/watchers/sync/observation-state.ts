import type { HealthResult } from '../../http/health-check.ts';

/** How the observation of Jobs stands, for readiness: a namespace in trouble is told, and does not make the rest unready. */
export class ObservationState {
  readonly #troubles = new Map<string, string | undefined>();
  #brake: string | undefined;

  note(namespace: string, trouble: string | undefined): void {
    this.#troubles.set(namespace, trouble);
  }

  noteBrake(brake: string | undefined): void {
    this.#brake = brake;
  }

  clear(): void {
    this.#troubles.clear();
    this.#brake = undefined;
  }

  report(): HealthResult {
    const inTrouble = [...this.#troubles].filter(([, trouble]) => trouble !== undefined);
    const words = inTrouble.map(([namespace, trouble]) => `${namespace}: ${trouble}`);
    if (this.#brake !== undefined) words.unshift(this.#brake);
    const followed = `${this.#troubles.size - inTrouble.length} namespaces are followed`;
    return { ok: true, detail: words.length === 0 ? followed : `${followed}; ${words.join('; ')}` };
  }
}
