import type { Recorder } from '../recorder.ts';

/** Some batches of ends: enough to keep the database busy, and little memory. */
const most = 2_000;

/** Attempts that were refused, and whose end is still to be written: it takes longer to write one than to claim one. */
export class Refusals {
  readonly #ended: Recorder['ended'];
  readonly #attemptIds = new Set<string>();

  constructor(ended: Recorder['ended']) {
    this.#ended = ended;
  }

  add(attemptId: string): void {
    this.#attemptIds.add(attemptId);
  }

  /** Whether so many wait that no more rows should be claimed for now. */
  areMany(): boolean {
    // What cannot be written at all, for somebody holds a lock, must not keep other rows from their Jobs.
    if (this.#attemptIds.size <= most || this.#ended.trouble !== undefined) return false;
    for (const attemptId of this.#attemptIds) if (!this.#ended.isQueued(attemptId)) this.#attemptIds.delete(attemptId);
    return this.#attemptIds.size > most;
  }
}
