import type { Ratio } from '../measure/ratio.ts';

/** Three digits that mean something; more would say more than was measured. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en').replaceAll(',', ' ');
  return value.toFixed(size >= 10 ? 1 : 2);
}

export function milliseconds(value: number): string {
  return Math.abs(value) >= 1_000 ? `${number(value / 1_000)} s` : `${number(value)} ms`;
}

export function percent(share: number): string {
  return `${number(share * 100)} %`;
}

/** The median, and how far the pairs were apart. */
export function ratio({ median, least, greatest }: Ratio): string {
  return `${median.toFixed(2)}x (${least.toFixed(2)} to ${greatest.toFixed(2)})`;
}
