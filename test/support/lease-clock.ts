import type { Clock } from '../../src/leader/lease.ts';

/** Both clocks of a lease, standing still until they are told to go on. */
export class LeaseClock implements Clock {
  #monotonicMs = 1_000;
  #wallMs = Date.UTC(2026, 0, 1);

  readonly monotonicMs = (): number => this.#monotonicMs;
  readonly wallMs = (): number => this.#wallMs;

  /** Time goes by on both. */
  advance(durationMs: number): void {
    this.#monotonicMs += durationMs;
    this.#wallMs += durationMs;
  }

  /** Somebody sets the wall clock; also what a machine sees that slept while its monotonic clock stood still. */
  stepWall(stepMs: number): void {
    this.#wallMs += stepMs;
  }
}
