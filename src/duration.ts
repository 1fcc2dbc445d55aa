const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

type Unit = keyof typeof unitsMs;

/** Ends a sentence that says what would have been right. */
export const durationExamples = 'a duration such as 500ms, 5s, 2m';

const longestMs = 366 * unitsMs.d;
// Ten digits each way: more can only be a mistake, and a bounded text keeps the pattern linear.
const part = /(\d{1,10}(?:\.\d{1,10})?)(ms|s|m|h|d)/y;

/**
 * Reads a duration such as `500ms`, `3.3s` or `1h30m` as whole milliseconds.
 *
 * Undefined when it is no duration, is no whole number of milliseconds, or is longer than 366 days.
 * Parts may be joined, because the schedules of Go programs (`@every 1h30m`) are written so.
 */
export function parseDuration(text: string): number | undefined {
  let totalMs = 0;
  let position = 0;
  while (position < text.length || position === 0) {
    part.lastIndex = position;
    const match = part.exec(text);
    if (match === null) return undefined;
    totalMs += Number(match[1]) * unitsMs[match[2] as Unit];
    position = part.lastIndex;
  }
  const wholeMs = Math.round(totalMs);
  // Wider than the rounding of binary fractions at the longest duration, 4e-6.
  const isWhole = Math.abs(totalMs - wholeMs) < 1e-5;
  return isWhole && wholeMs <= longestMs ? wholeMs : undefined;
}

/** Writes milliseconds the shortest way that {@link parseDuration} reads back as the same number. */
export function formatDuration(durationMs: number): string {
  const units = ['d', 'h', 'm', 's'] as const;
  const whole = units.find((unit) => durationMs >= unitsMs[unit] && durationMs % unitsMs[unit] === 0);
  if (whole !== undefined) return `${durationMs / unitsMs[whole]}${whole}`;
  return durationMs > unitsMs.s ? `${durationMs / unitsMs.s}s` : `${durationMs}ms`;
}
