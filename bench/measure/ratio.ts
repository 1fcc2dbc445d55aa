import { median } from '../../test/support/median.ts';

/** The median of the ratios of some pairs of runs, with the least and the greatest. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** Each pair gives one ratio: two runs that followed each other had the same machine, runs of other pairs perhaps not. */
export function ratioOf(pairs: readonly (readonly [of: number, to: number])[]): Ratio {
  const ratios = pairs.map(([of, to]) => of / to);
  return { median: median(ratios), least: Math.min(...ratios), greatest: Math.max(...ratios) };
}
