/** What is told of many latencies, in milliseconds. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export function distributionOf(valuesMs: readonly number[]): Distribution {
  const sorted = valuesMs.toSorted((left, right) => left - right);
  return {
    count: sorted.length,
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** The value that a share of the sorted values does not exceed (nearest rank); NaN of none. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** A point of a line in a picture. */
export type Point = readonly [x: number, y: number];

const curvePoints = 200;

/** Which share of the values, in percent, is at most so large: what a picture of a distribution shows. */
export function curveOf(values: readonly number[]): readonly Point[] {
  const sorted = values.toSorted((left, right) => left - right);
  const count = Math.min(sorted.length, curvePoints);
  return Array.from({ length: count }, (_, index) => {
    const share = (index + 1) / count;
    return [quantile(sorted, share), share * 100] as const;
  });
}

const spanSeconds = 0.25;

/** How many events a second there were over time, in seconds; the last part, which is not a whole one, is left out. */
export function ratesOf(timesMs: readonly number[], fromMs: number): readonly Point[] {
  const spans = timesMs.map((timeMs) => Math.max(0, Math.floor((timeMs - fromMs) / 1_000 / spanSeconds)));
  const whole = spans.reduce((most, span) => Math.max(most, span), 0);
  const counts = new Map<number, number>();
  for (const span of spans) counts.set(span, (counts.get(span) ?? 0) + 1);
  return Array.from({ length: whole }, (_, span) => {
    return [(span + 1) * spanSeconds, (counts.get(span) ?? 0) / spanSeconds] as const;
  });
}
