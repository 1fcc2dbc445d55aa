import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/scheduler/clock.ts';

interface Timer {
  readonly dueAtMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  #monotonicMs = 0;
  #calendarMs: number;
  readonly #timers = new Set<Timer>();

  constructor(start = '2025-06-01T00:00:00.000Z') {
    this.#calendarMs = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#calendarMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  startTimer(delayMs: number, callback: () => void): () => void {
    const timer = { dueAtMs: this.#monotonicMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get runningTimers(): number {
    return this.#timers.size;
  }

  /** Lets time go by, timer after timer, and all that they set off. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#monotonicMs + durationMs;
    await nextTurn();
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#goTo(timer.dueAtMs);
      this.#timers.delete(timer);
      timer.callback();
      await nextTurn();
    }
    this.#goTo(endMs);
  }

  /** Time goes by while nothing can run, as between SIGSTOP and SIGCONT; timers fire at the next advance. */
  freeze(durationMs: number): void {
    this.#goTo(this.#monotonicMs + durationMs);
  }

  /** Somebody sets the calendar; timers do not notice. */
  setCalendar(moment: string): void {
    this.#calendarMs = Date.parse(moment);
  }

  #next(endMs: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.dueAtMs <= endMs);
    return due.toSorted((a, b) => a.dueAtMs - b.dueAtMs)[0];
  }

  #goTo(monotonicMs: number): void {
    const elapsedMs = Math.max(0, monotonicMs - this.#monotonicMs);
    this.#monotonicMs += elapsedMs;
    this.#calendarMs += elapsedMs;
  }
}
