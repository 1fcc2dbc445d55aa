/** Timers count whole milliseconds and end up to one early: what is left of one is nothing to wait for. */
export const nothingMs = 1;

/**
 * When work that began at a moment is due again, on a monotonic clock in milliseconds: at a multiple of its interval.
 *
 * All work of a process has its ticks on the same clock, so those of 250 and of 500 ms fall together, and an idle
 * process wakes up once for both. Ticks that have passed by now are left out, not caught up with.
 */
export function nextTickMs(intervalMs: number, beganAtMs: number, nowMs: number = beganAtMs): number {
  // Work that began a little early has had its tick.
  const hadUntilMs = beganAtMs + Math.min(nothingMs, intervalMs / 2);
  return (Math.floor(Math.max(hadUntilMs, nowMs) / intervalMs) + 1) * intervalMs;
}
