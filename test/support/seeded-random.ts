import { randomInt } from 'node:crypto';

/** Random numbers that a seed gives again: set NIGHTWATCH_TEST_SEED to the one that a failed run has printed. */
export interface SeededRandom {
  readonly seed: number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
}

/** Draws a seed, unless one is set, and tells it through `print`. */
export function seededRandom(print: (line: string) => void): SeededRandom {
  const given = process.env.NIGHTWATCH_TEST_SEED;
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  print(`NIGHTWATCH_TEST_SEED=${seed}`);
  const next = mulberry32(seed);
  return { seed, between: (least, most) => least + Math.floor(next() * (most - least + 1)) };
}

/** Small and good enough to choose moments by. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
