import { unlessAborted } from '../../src/unless-aborted.ts';

/** When something was first seen of each of many, by name; monotonic milliseconds. */
export class Moments {
  readonly #atMs = new Map<string, number>();
  readonly #awaited = new Map<string, (atMs: number) => void>();
  #count: { readonly wanted: number; readonly reached: () => void } | undefined;

  /** Only the first time counts. */
  note(name: string, atMs: number): void {
    if (this.#atMs.has(name)) return;
    this.#atMs.set(name, atMs);
    this.#awaited.get(name)?.(atMs);
    this.#awaited.delete(name);
    if (this.#count && this.#atMs.size >= this.#count.wanted) this.#count.reached();
  }

  /** All of them, the earliest first. */
  times(): readonly number[] {
    return [...this.#atMs.values()].toSorted((left, right) => left - right);
  }

  /** When it was of that one; waits for it. One caller for each name. */
  async of(name: string, signal: AbortSignal): Promise<number> {
    const known = this.#atMs.get(name);
    if (known !== undefined) return known;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#awaited.set(name, resolve);
    return unlessAborted(promise, signal);
  }

  /** Resolves when it was of so many. One caller at a time. */
  async until(wanted: number, signal: AbortSignal): Promise<void> {
    if (this.#atMs.size >= wanted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#count = { wanted, reached: resolve };
    await unlessAborted(promise, signal);
  }
}
